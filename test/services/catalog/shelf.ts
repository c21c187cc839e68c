import type { Id } from "#kernel/ids";
import type { Answer, Client, Harness } from "../../support/harness.ts";

/** A shop that an operator has approved, made through the API, with its owner signed in for it. */
export async function openedShop(
  h: Harness,
): Promise<{ readonly sellerId: Id<"seller">; readonly owner: Client }> {
  const applicant = await h.buyer();
  const tail = h.ids.next("event").slice(-10);
  const applied = await applicant.post("/v1/sellers", {
    name: `Shop ${tail}`,
    city: "Bandung",
    legalName: "CV Contoh",
    email: `owner-${tail}@example.com`,
  });
  const sellerId = applied.body.id as Id<"seller">;
  await (await h.operator()).post(`/v1/sellers/${sellerId}/approve`, {});
  return { sellerId, owner: await h.member(sellerId) };
}

export async function newCategory(h: Harness, fields: object = {}): Promise<Id<"category">> {
  const operator = await h.operator();
  const tail = h.ids.next("event").slice(-10);
  const made = await operator.post("/v1/categories", {
    parentId: null,
    names: { en: `Goods ${tail}`, id: `Barang ${tail}` },
    ...fields,
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body.id as Id<"category">;
}

export const price = (minor: string, currency = "IDR") => ({ minor, currency });

const size = (code: string) => ({ code, names: { en: code.toUpperCase() } });

/** A shirt in two sizes, with an offer on each. */
export const shirt = (h: Harness, categoryId: string, fields: object = {}) => {
  const tail = h.ids.next("event").slice(-10);
  return {
    categoryId,
    titles: { en: `Batik shirt ${tail}`, id: `Kemeja batik ${tail}` },
    options: [{ code: "size", names: { en: "Size", id: "Ukuran" }, values: [size("m"), size("l")] }],
    variants: ["m", "l"].map((code) => ({
      values: { size: code },
      weightGrams: 250,
      offer: { sku: `SHIRT-${code}-${tail}`, price: price("19900000") },
    })),
    ...fields,
  };
};

/** Drafts and proposes; in a market that publishes by itself the product is on sale afterwards. */
export async function published(owner: Client, fields: object): Promise<Answer> {
  const drafted = await owner.post("/v1/products", fields);
  if (drafted.status !== 201) throw new Error(JSON.stringify(drafted.body));
  return owner.post(`/v1/products/${drafted.body.id}/propose`);
}

export const ifMatch = (version: number) => ({ headers: { "if-match": `"${version}"` } });
