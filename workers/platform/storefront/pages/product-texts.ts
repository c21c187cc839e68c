/** What a product's page says of its voices, in its first HTML and in the browser alike. */
export const PRODUCT_TEXTS = {
  en: {
    reviews: "Reviews",
    noReviews: "Nobody has reviewed this yet. Whoever bought it can, once it has arrived.",
    somebody: "A buyer",
    questions: "Questions and answers",
    noQuestions: "Nobody has asked yet.",
  },
  id: {
    reviews: "Ulasan",
    noReviews: "Belum ada ulasan. Pembeli dapat mengulas setelah barang diterima.",
    somebody: "Pembeli",
    questions: "Tanya jawab",
    noQuestions: "Belum ada yang bertanya.",
  },
} as const;
