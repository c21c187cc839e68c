import { wordOf } from "../account/orders/words.ts";
import { texts } from "../shell/text.ts";

const sides = texts({
  en: {
    buyer: "The buyer",
    seller: "The shop",
    operator: "An operator",
    courier: "The courier",
    platform: "Titan",
    system: "Titan",
  },
  id: {
    buyer: "Pembeli",
    seller: "Toko",
    operator: "Operator",
    courier: "Kurir",
    platform: "Titan",
    system: "Titan",
  },
});
/** Who did something. */
export const saySide = (side: string): string => wordOf(sides, side);

const accounts = texts({
  en: {
    cash: "Wallets",
    bonus: "Bonus in wallets",
    owed: "Bonus to be paid back",
    payable: "To be paid out to shops",
    escrow: "Held until delivery",
    payments: "Payments on their way",
    provider: "With providers and banks",
    commission: "Commission",
    commission_tax: "Tax on the commission",
    withholding: "Tax withheld",
    promotion: "Promotions",
    disputes: "Chargebacks",
    provider_fee: "Fees of chargebacks",
    advertising: "Advertising",
    loss: "Losses",
  },
  id: {
    cash: "Dompet",
    bonus: "Bonus dalam dompet",
    owed: "Bonus yang harus kembali",
    payable: "Dapat dicairkan toko",
    escrow: "Ditahan sampai diterima",
    payments: "Pembayaran berjalan",
    provider: "Di penyedia dan bank",
    commission: "Komisi",
    commission_tax: "Pajak atas komisi",
    withholding: "Pajak dipotong",
    promotion: "Promosi",
    disputes: "Tolak bayar",
    provider_fee: "Biaya tolak bayar",
    advertising: "Iklan",
    loss: "Kerugian",
  },
});
/** What an account of the ledger is for. */
export const sayAccount = (kind: string): string => wordOf(accounts, kind);

const actions = texts({
  en: {
    "payout_account.changed": "Payout account changed",
    "penalty.given": "Penalty given",
    "appeal.submitted": "Appeal made",
    "appeal.upheld": "Appeal upheld",
    "appeal.rejected": "Appeal turned down",
    "appeal.late": "Appeal not answered in time",
    "requirement.attested": "Requirement attested",
    "requirement.verified": "Requirement verified",
    "requirement.overridden": "Requirement waived",
    "requirement.withdrawn": "Requirement opened again",
    "document.erased": "Document erased",
  },
  id: {
    "payout_account.changed": "Rekening pencairan diubah",
    "penalty.given": "Sanksi diberikan",
    "appeal.submitted": "Banding diajukan",
    "appeal.upheld": "Banding diterima",
    "appeal.rejected": "Banding ditolak",
    "appeal.late": "Banding terlambat dijawab",
    "requirement.attested": "Persyaratan dinyatakan",
    "requirement.verified": "Persyaratan diverifikasi",
    "requirement.overridden": "Persyaratan dikecualikan",
    "requirement.withdrawn": "Persyaratan dibuka lagi",
    "document.erased": "Dokumen dihapus",
  },
});
/** What a shop's log tells. */
export const sayAction = (action: string): string => wordOf(actions, action);

const sales = texts({
  en: { scheduled: "To come", open: "Running", ended: "Ended", closed: "Settled" },
  id: { scheduled: "Akan datang", open: "Berlangsung", ended: "Berakhir", closed: "Selesai" },
});
/** How a flash sale stands. */
export const saySale = (state: string): string => wordOf(sales, state);
