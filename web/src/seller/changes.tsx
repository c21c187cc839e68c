import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { pagesOf } from "../api/queries.ts";
import { said, texts } from "../shell/text.ts";
import { Chips } from "../ui/chips.tsx";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { type Change, ChangeRow } from "./product-log.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    back: "Products",
    title: "Changes of products",
    filter: "State",
    pending: "Waiting",
    approved: "Approved",
    rejected: "Turned down",
    none: "Nothing here",
    noneText: "A change of a product on sale may have to wait for an operator; then it stands here.",
    open: "To the product",
    another: "Made by another shop; you sell it too.",
  },
  id: {
    back: "Produk",
    title: "Perubahan produk",
    filter: "Status",
    pending: "Menunggu",
    approved: "Disetujui",
    rejected: "Ditolak",
    none: "Tidak ada apa-apa",
    noneText: "Perubahan produk yang sedang dijual mungkin perlu menunggu operator; akan tampil di sini.",
    open: "Lihat produk",
    another: "Dibuat toko lain; Anda ikut menjualnya.",
  },
});
const OPTIONS = (["pending", "approved", "rejected"] as const).map((value) => ({ value, name: text[value] }));

/** What the shop asked to change, and what became of it. */
export function ChangesPage() {
  const [state, setState] = useState<Change["state"]>("pending");
  const changes = useInfiniteQuery(pagesOf("GET /v1/products/changes", { query: { state } }, useShop()));
  return (
    <>
      <nav className="crumbs">
        <Link to="/shop/products">{text.back}</Link>
      </nav>
      <h1 className="page-title">{text.title}</h1>
      <Chips label={text.filter} options={OPTIONS} value={state} onChoose={setState} />
      <Paged
        query={changes}
        keyOf={({ productId, number }) => `${productId}${number}`}
        empty={<Empty title={text.none} text={text.noneText} />}
      >
        {(change) => (
          <div className="panel">
            <p className="font-semibold">{said(change.titles)}</p>
            {!change.isMaker && <p className="text-muted mb-1 text-sm">{text.another}</p>}
            <ChangeRow change={change} />
            <Link
              to="/shop/products/$productId"
              params={{ productId: change.productId }}
              className="text-brand mt-2 inline-block text-sm font-semibold"
            >
              {text.open}
            </Link>
          </div>
        )}
      </Paged>
    </>
  );
}
