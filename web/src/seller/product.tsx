import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { said, texts } from "../shell/text.ts";
import { Form } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { ProductActions } from "./product-actions.tsx";
import {
  attributesOf,
  axesOf,
  combine,
  optionsOf,
  type Product,
  variantsOf,
  wordsOf,
} from "./product-draft.ts";
import { AttributeFields, CategoryField, WordFields } from "./product-fields.tsx";
import { ProductLog } from "./product-log.tsx";
import { MediaPanel } from "./product-media.tsx";
import { useTemplate } from "./product-new.tsx";
import { OffersPanel } from "./product-offers.tsx";
import { PRODUCT_READS, productState, productTone } from "./product-states.ts";
import { ProposePage } from "./propose.tsx";
import { useShop } from "./shop.ts";
import { OptionFields, VariantRows, VariantsHead } from "./variants.tsx";

const text = texts({
  en: {
    back: "Products",
    see: "See it in the shop",
    about: "About the product",
    save: "Save",
    saved: "Saved.",
    waits: "A change waits for an operator; until then buyers see what was there.",
  },
  id: {
    back: "Produk",
    see: "Lihat di toko",
    about: "Tentang produk",
    save: "Simpan",
    saved: "Tersimpan.",
    waits: "Ada perubahan yang menunggu operator; pembeli masih melihat yang lama.",
  },
});
const route = getRouteApi("/shop/products/$productId");

/** All of one product: its state, pictures, words, variants and offers, and what was changed. */
export function ProductPage() {
  const { productId } = route.useParams();
  const product = useQuery(queryOf("GET /v1/products/{productId}/draft", { path: { productId } }, useShop()));
  const isOfAnother = product.error instanceof ApiError && product.error.status === 404;
  return (
    <>
      <nav className="crumbs">
        <Link to="/shop/products">{text.back}</Link>
      </nav>
      {isOfAnother ? (
        <ProposePage productId={productId} />
      ) : (
        <Loaded query={product} skeleton={<div className="skeleton h-96 w-full" />}>
          {(found) => <Whole product={found} />}
        </Loaded>
      )}
    </>
  );
}

function Whole({ product }: { readonly product: Product }) {
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="page-title mb-0!">{said(product.titles)}</h1>
        <Tag tone={productTone[product.state]}>{productState[product.state]}</Tag>
        {product.state === "published" && (
          <Link
            to="/products/$slug"
            params={{ slug: product.slug }}
            className="text-brand text-sm font-semibold"
          >
            {text.see}
          </Link>
        )}
      </header>
      {product.pendingChange !== null && <p className="notice mb-5">{text.waits}</p>}
      <div className="flex flex-col gap-5">
        <ProductActions product={product} />
        <MediaPanel product={product} />
        <EditForm key={product.version} product={product} />
        <OffersPanel product={product} />
        <ProductLog productId={product.id} />
      </div>
    </>
  );
}

function EditForm({ product }: { readonly product: Product }) {
  const [categoryId, setCategoryId] = useState(product.categoryId);
  const [axes, setAxes] = useState(() => axesOf(product.options));
  const template = useTemplate(categoryId);
  const options = optionsOf(axes, product.options);
  const combinations = combine(options);
  const save = useCommand("PATCH /v1/products/{productId}", { forget: PRODUCT_READS });
  const send = (form: FormData) => {
    const variants = variantsOf(combinations, form);
    const attributes = { ...product.attributes, ...attributesOf(template, form) };
    const body = { categoryId, ...wordsOf(form), attributes, options, variants };
    save.mutate({ path: { productId: product.id }, body, ifMatch: product.version });
  };
  return (
    <Form
      onSend={send}
      submit={text.save}
      command={save}
      className="gap-5!"
      beside={
        <span role="status" className="text-good text-sm font-semibold">
          {save.isSuccess && text.saved}
        </span>
      }
    >
      <section className="panel form">
        <h2 className="text-lg font-bold">{text.about}</h2>
        <CategoryField value={categoryId} onChoose={setCategoryId} error={save.error} />
        <WordFields was={product} error={save.error} />
        <AttributeFields
          key={template.length}
          template={template}
          was={product.attributes}
          error={save.error}
        />
      </section>
      <section className="panel">
        <VariantsHead />
        <OptionFields axes={axes} onChange={setAxes} />
        <VariantRows
          combinations={combinations}
          was={product.variants}
          withStock={false}
          error={save.error}
        />
      </section>
    </Form>
  );
}
