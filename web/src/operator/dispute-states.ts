import { texts } from "../shell/text.ts";
import type { Tone } from "../ui/tag.tsx";

export const DISPUTE_STATES = ["needs_response", "under_review", "won", "lost"] as const;
type State = (typeof DISPUTE_STATES)[number];

export const disputeText = texts({
  en: {
    title: "Chargebacks",
    none: "No dispute is in this state",
    state: "State",
    due: "evidence due",
    needs_response: "To answer",
    under_review: "With the bank",
    won: "Won",
    lost: "Lost",
  },
  id: {
    title: "Tolak bayar",
    none: "Tidak ada sengketa dalam status ini",
    state: "Status",
    due: "bukti paling lambat",
    needs_response: "Perlu dijawab",
    under_review: "Di bank",
    won: "Menang",
    lost: "Kalah",
  },
});
export const disputeTone: { readonly [S in State]: Tone } = {
  needs_response: "bad",
  under_review: "brand",
  won: "good",
  lost: "plain",
};

/** Why a bank takes money back, as card networks group it and providers tell it. */
const reasons = texts({
  en: {
    fraudulent: "The holder did not pay this",
    unrecognized: "The holder does not recognise it",
    product_not_received: "The goods did not arrive",
    product_unacceptable: "The goods were not as promised",
    credit_not_processed: "A refund was promised and did not come",
    duplicate: "It was paid twice",
    subscription_canceled: "A subscription went on after its end",
    general: "Another reason",
  },
  id: {
    fraudulent: "Bukan pemilik kartu yang membayar",
    unrecognized: "Pemilik kartu tidak mengenalinya",
    product_not_received: "Barang tidak sampai",
    product_unacceptable: "Barang tidak sesuai janji",
    credit_not_processed: "Pengembalian dana dijanjikan, tetapi tidak datang",
    duplicate: "Terbayar dua kali",
    subscription_canceled: "Langganan berlanjut setelah dihentikan",
    general: "Alasan lain",
  },
});
const isReason = (reason: string): reason is keyof typeof reasons => Object.hasOwn(reasons, reason);
/** What has no words yet is shown as the provider tells it. */
export const sayReason = (reason: string): string =>
  isReason(reason) ? reasons[reason] : reason.replaceAll("_", " ");

const providers: { readonly [name: string]: string } = { stripe: "Stripe", midtrans: "Midtrans" };
export const sayProvider = (name: string): string => providers[name] ?? name;
