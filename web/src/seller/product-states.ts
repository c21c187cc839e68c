import { texts } from "../shell/text.ts";
import type { Tone } from "../ui/tag.tsx";
import type { Product } from "./product-draft.ts";

export const PRODUCT_STATES = ["published", "draft", "proposed", "rejected", "archived"] as const;
export const productState = texts({
  en: {
    draft: "Draft",
    proposed: "Under review",
    published: "On sale",
    rejected: "Turned down",
    archived: "Archived",
  },
  id: {
    draft: "Draf",
    proposed: "Sedang ditinjau",
    published: "Dijual",
    rejected: "Ditolak",
    archived: "Diarsipkan",
  },
});
export const productTone: { readonly [S in Product["state"]]: Tone } = {
  draft: "plain",
  proposed: "brand",
  published: "good",
  rejected: "bad",
  archived: "plain",
};

/** What a change of a product makes old. */
export const PRODUCT_READS = [
  "GET /v1/products/mine",
  "GET /v1/products/{productId}/draft",
  "GET /v1/products/{productId}/changes",
  "GET /v1/products/changes",
  "GET /v1/offers",
] as const;
