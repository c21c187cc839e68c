/** What a card says of a product beside its name and price. */
export const CARD_TEXTS = {
  en: { sponsored: "Sponsored" },
  id: { sponsored: "Bersponsor" },
} as const;
