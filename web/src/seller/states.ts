import type { Answer } from "../api/client.ts";
import { texts } from "../shell/text.ts";
import type { Tone } from "../ui/tag.tsx";

type SellerState = Answer<"GET /v1/sellers/{sellerId}/account">["state"];

/** What a shop's state is called. */
export const sellerState = texts({
  en: {
    applied: "Applied",
    onboarding: "Setting up",
    review: "Under review",
    rejected: "Turned down",
    active: "Open",
    vacation: "On holiday",
    suspended: "Suspended",
    terminated: "Closed for good",
  },
  id: {
    applied: "Diajukan",
    onboarding: "Disiapkan",
    review: "Sedang ditinjau",
    rejected: "Ditolak",
    active: "Buka",
    vacation: "Libur",
    suspended: "Ditangguhkan",
    terminated: "Ditutup permanen",
  },
});
export const sellerTone: { readonly [S in SellerState]: Tone } = {
  applied: "brand",
  onboarding: "brand",
  review: "brand",
  rejected: "bad",
  active: "good",
  vacation: "plain",
  suspended: "bad",
  terminated: "bad",
};
/** Shops of these states do not trade yet: what counts is what is still missing. */
export const isBecoming = (state: SellerState): boolean =>
  state === "applied" || state === "onboarding" || state === "review" || state === "rejected";

export type Order = Answer<"GET /v1/orders/{orderId}">;
type OrderState = Order["state"];
/** What a move of an order makes old. */
export const ORDER_READS = [
  "GET /v1/orders",
  "GET /v1/orders/{orderId}",
  "GET /v1/orders/{orderId}/timeline",
  "GET /v1/shipping/labels",
] as const;
export const orderState = texts({
  en: {
    awaiting_payment: "Awaiting payment",
    placed: "To confirm (cash)",
    paid: "To confirm",
    confirmed: "To ship",
    shipped: "On its way",
    delivered: "Delivered",
    completed: "Completed",
    cancelled: "Cancelled",
  },
  id: {
    awaiting_payment: "Menunggu pembayaran",
    placed: "Perlu dikonfirmasi (COD)",
    paid: "Perlu dikonfirmasi",
    confirmed: "Perlu dikirim",
    shipped: "Dalam pengiriman",
    delivered: "Sudah sampai",
    completed: "Selesai",
    cancelled: "Dibatalkan",
  },
});
export const orderTone: { readonly [S in OrderState]: Tone } = {
  awaiting_payment: "plain",
  placed: "deal",
  paid: "deal",
  confirmed: "brand",
  shipped: "plain",
  delivered: "good",
  completed: "good",
  cancelled: "bad",
};
