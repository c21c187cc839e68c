/** Whose numbers a virtual account is of. */
export const BANKS = ["bca", "bni", "bri", "permata", "cimb", "mandiri"] as const;
export type Bank = (typeof BANKS)[number];
/** Chains whose tills take the money for a payment code. */
export const STORES = ["indomaret", "alfamart"] as const;
export type Store = (typeof STORES)[number];
export type PaymentOptions = { readonly bank?: Bank | undefined; readonly store?: Store | undefined };

/** What is typed or said where the money is paid: it is of use far from the page that shows it. */
export type Digits = Extract<PaymentAction, { readonly kind: "payment_code" | "virtual_account" | "bill" }>;
export const isDigits = (action: PaymentAction): action is Digits =>
  action.kind === "payment_code" || action.kind === "virtual_account" || action.kind === "bill";

/** What the buyer has to do next. */
export type PaymentAction =
  | { readonly kind: "cash" }
  | { readonly kind: "qr"; readonly qrString: string; readonly imageUrl: string | null }
  | { readonly kind: "virtual_account"; readonly bank: Bank; readonly number: string }
  | { readonly kind: "payment_code"; readonly store: Store; readonly code: string }
  | { readonly kind: "bill"; readonly billerCode: string; readonly billKey: string }
  | { readonly kind: "deeplink"; readonly url: string; readonly qrString: string | null }
  | { readonly kind: "redirect"; readonly url: string }
  /** The provider has not answered yet: ask again. */
  | { readonly kind: "wait" }
  /** Nothing: it is paid, or over. */
  | { readonly kind: "none" };
