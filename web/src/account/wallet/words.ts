import { texts } from "../../shell/text.ts";

export const kindWords = texts({
  en: {
    wallet_payment: "Paid for an order",
    wallet_refund: "Refund",
    payment_refund: "Refund",
    refund: "Refund",
    wallet_send: "Transfer between wallets",
    transfer: "Transfer between wallets",
    withdrawal: "Withdrawal to your bank",
    payout: "Withdrawal to your bank",
    payout_return: "Withdrawal that came back",
    cashback: "Cashback",
    promotion: "Gift",
    top_up: "Top-up",
    topup: "Top-up",
    adjustment: "Correction by our team",
    lot_end: "Bonus that ended",
  },
  id: {
    wallet_payment: "Pembayaran pesanan",
    wallet_refund: "Pengembalian dana",
    payment_refund: "Pengembalian dana",
    refund: "Pengembalian dana",
    wallet_send: "Transfer antar dompet",
    transfer: "Transfer antar dompet",
    withdrawal: "Penarikan ke bank Anda",
    payout: "Penarikan ke bank Anda",
    payout_return: "Penarikan yang kembali",
    cashback: "Cashback",
    promotion: "Hadiah",
    top_up: "Isi saldo",
    topup: "Isi saldo",
    adjustment: "Koreksi oleh tim kami",
    lot_end: "Bonus yang berakhir",
  },
});

export const payoutWords = texts({
  en: {
    created: "Being sent",
    sent: "With the bank",
    approved: "With the bank",
    processed: "With the bank",
    completed: "Paid out",
    failed: "Failed; the money is back in your wallet",
    returned: "Came back to your wallet",
  },
  id: {
    created: "Sedang dikirim",
    sent: "Di bank",
    approved: "Di bank",
    processed: "Di bank",
    completed: "Sudah dibayar",
    failed: "Gagal; uang kembali ke dompet Anda",
    returned: "Kembali ke dompet Anda",
  },
});
