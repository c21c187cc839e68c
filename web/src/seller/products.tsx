import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { pagesOf } from "../api/queries.ts";
import { money, said, texts } from "../shell/text.ts";
import { Chips } from "../ui/chips.tsx";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import type { Product } from "./product-draft.ts";
import { PRODUCT_STATES, productState, productTone } from "./product-states.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Products",
    fresh: "New product",
    import: "Import",
    changes: "Changes",
    filter: "State",
    all: "All",
    none: "No products here",
    noneText: "Add your first product, or import your catalogue from a file.",
    from: (price: string) => `from ${price}`,
    noPrice: "No price yet",
  },
  id: {
    title: "Produk",
    fresh: "Produk baru",
    import: "Impor",
    changes: "Perubahan",
    filter: "Status",
    all: "Semua",
    none: "Belum ada produk",
    noneText: "Tambahkan produk pertama, atau impor katalog dari berkas.",
    from: (price: string) => `mulai ${price}`,
    noPrice: "Belum ada harga",
  },
});
const OPTIONS = [
  { value: undefined, name: text.all },
  ...PRODUCT_STATES.map((value) => ({ value, name: productState[value] })),
];

/** Everything that the shop made, in every state. */
export function ProductsPage() {
  const [state, setState] = useState<Product["state"]>();
  const mine = useInfiniteQuery(
    pagesOf("GET /v1/products/mine", { query: state ? { state } : {} }, useShop()),
  );
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="page-title mb-0!">{text.title}</h1>
        <span className="flex flex-wrap gap-2">
          <Link to="/shop/changes" className="button button-quiet button-small">
            {text.changes}
          </Link>
          <Link to="/shop/import" className="button button-quiet button-small">
            {text.import}
          </Link>
          <Link to="/shop/products/new" className="button button-primary button-small">
            {text.fresh}
          </Link>
        </span>
      </header>
      <Chips label={text.filter} options={OPTIONS} value={state} onChoose={setState} />
      <Paged query={mine} keyOf={({ id }) => id} empty={<Empty title={text.none} text={text.noneText} />}>
        {(product) => <ProductRow product={product} />}
      </Paged>
    </>
  );
}

type Row = Answer<"GET /v1/products/mine">["items"][number];

const ProductRow = ({ product }: { readonly product: Row }) => (
  <Link
    to="/shop/products/$productId"
    params={{ productId: product.id }}
    className="panel hover:shadow-card flex items-center gap-4 py-3! transition-shadow"
  >
    <span className="bg-sunken size-14 shrink-0 overflow-hidden rounded-control">
      {product.imageUrl !== null && (
        <img src={product.imageUrl} alt="" width={56} height={56} loading="lazy" className="object-cover" />
      )}
    </span>
    <span className="min-w-0 flex-1">
      <strong className="line-clamp-2">{said(product.titles)}</strong>
      <span className="text-muted text-sm tabular-nums">
        {product.priceFrom ? text.from(money(product.priceFrom)) : text.noPrice}
        {product.reason !== null && ` · ${product.reason}`}
      </span>
    </span>
    <Tag tone={productTone[product.state]}>{productState[product.state]}</Tag>
  </Link>
);
