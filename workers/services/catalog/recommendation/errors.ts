import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "recommendation.product_not_found": {
    kind: "missing",
    en: "No such product on sale.",
    id: "Produk tidak ditemukan.",
  },
  "recommendation.range_invalid": {
    kind: "invalid",
    en: "The range must begin before it ends and span at most 400 days.",
    id: "Rentang harus dimulai sebelum berakhir dan paling lama 400 hari.",
  },
});
