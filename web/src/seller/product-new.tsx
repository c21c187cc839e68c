import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/client.ts";
import { forgetReads, queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { Form } from "../ui/form.tsx";
import {
  type Axis,
  attributesOf,
  type Combination,
  combine,
  keyOf,
  optionsOf,
  type Product,
  variantsOf,
  wordsOf,
} from "./product-draft.ts";
import { AttributeFields, CategoryField, WordFields } from "./product-fields.tsx";
import { useShop } from "./shop.ts";
import { OptionFields, VariantRows, VariantsHead } from "./variants.tsx";

const text = texts({
  en: { title: "New product", back: "Products", save: "Save and add pictures", about: "About the product" },
  id: { title: "Produk baru", back: "Produk", save: "Simpan dan tambah foto", about: "Tentang produk" },
});

/** Drafts a product with its variants, prices and first stock; pictures follow on its own page. */
export function NewProductPage() {
  const { seller } = useShop();
  const navigate = useNavigate();
  const [categoryId, setCategoryId] = useState("");
  const [axes, setAxes] = useState<readonly Axis[]>([]);
  const template = useTemplate(categoryId);
  const options = optionsOf(axes);
  const combinations = combine(options);
  const create = useMutation({
    mutationFn: async (form: FormData) => {
      const variants = variantsOf(combinations, form);
      const attributes = attributesOf(template, form);
      const body = { categoryId, ...wordsOf(form), attributes, options, variants };
      const product = await call("POST /v1/products", { body }, { seller });
      // The product is made by now: its page shows what lies there, and lets it be counted again.
      await countFirst(product, { combinations, form, seller }).catch(() => undefined);
      return product;
    },
    onSuccess: async ({ id }) => {
      await forgetReads(["GET /v1/products/mine", "GET /v1/offers", "GET /v1/inventory/levels"]);
      await navigate({ to: "/shop/products/$productId", params: { productId: id } });
    },
  });
  return (
    <>
      <nav className="crumbs">
        <Link to="/shop/products">{text.back}</Link>
      </nav>
      <h1 className="page-title">{text.title}</h1>
      <Form onSend={create.mutate} submit={text.save} command={create} className="gap-5!">
        <section className="panel form">
          <h2 className="text-lg font-bold">{text.about}</h2>
          <CategoryField value={categoryId} onChoose={setCategoryId} error={create.error} />
          <WordFields error={create.error} />
          <AttributeFields template={template} error={create.error} />
        </section>
        <section className="panel">
          <VariantsHead />
          <OptionFields axes={axes} onChange={setAxes} />
          <VariantRows combinations={combinations} withStock error={create.error} />
        </section>
      </Form>
    </>
  );
}

/** What the category asks of its products, apart from what parts their variants. */
export function useTemplate(categoryId: string) {
  const category = useQuery({
    ...queryOf("GET /v1/categories/{idOrSlug}", { path: { idOrSlug: categoryId } }),
    enabled: categoryId !== "",
  });
  return category.data?.attributes.filter(({ variantAxis }) => !variantAxis) ?? [];
}

type First = {
  readonly combinations: readonly Combination[];
  readonly form: FormData;
  readonly seller: string;
};

/** Counts what lies there of each variant. */
async function countFirst(product: Product, { combinations, form, seller }: First): Promise<void> {
  const rows = combinations.flatMap(({ key }) => {
    const onHand = Number(form.get(`stock ${key}`) ?? 0);
    const variant = product.variants.find((one) => keyOf(one.values) === key);
    return variant?.offer && onHand > 0 ? [{ offerId: variant.offer.id, onHand }] : [];
  });
  if (rows.length === 0) return;
  await call("POST /v1/inventory/levels", { body: { rows } }, { seller, key: crypto.randomUUID() });
}
