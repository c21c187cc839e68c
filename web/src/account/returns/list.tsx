import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { pagesOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { money, texts } from "../../shell/text.ts";
import { day } from "../../shell/when.ts";
import { Empty } from "../../ui/empty.tsx";
import { Paged } from "../../ui/loaded.tsx";
import { Tag } from "../../ui/tag.tsx";
import { shortId, wordOf } from "../orders/words.ts";
import { ShopName } from "../shop-name.tsx";
import { caseTones, caseWords, kindWords, reasonWords } from "./words.ts";

const text = texts({
  en: {
    title: "Returns",
    none: "Nothing has gone back",
    noneText: "Returns, exchanges and claims begin on the order's own page.",
    orders: "To your orders",
    order: (id: string) => `Order ${id}`,
  },
  id: {
    title: "Pengembalian",
    none: "Belum ada pengembalian",
    noneText: "Pengembalian, penukaran, dan klaim dimulai dari halaman pesanannya.",
    orders: "Ke pesanan Anda",
    order: (id: string) => `Pesanan ${id}`,
  },
});

const PAGE = 20;

export function ReturnsPage() {
  const found = useInfiniteQuery(pagesOf("GET /v1/refunds", { query: { as: "buyer", limit: PAGE } }));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Paged
        query={found}
        keyOf={({ id }) => id}
        empty={
          <Empty title={text.none} text={text.noneText}>
            <Link className="button button-quiet" to="/account/orders">
              {text.orders}
            </Link>
          </Empty>
        }
      >
        {(one) => <CaseCard case={one} />}
      </Paged>
    </>
  );
}

function CaseCard({ case: one }: { readonly case: Schemas["RefundItem"] }) {
  const { id, kind, state, reason, sellerId, orderId, createdAt, quoted } = one;
  return (
    <Link
      className="panel hover:shadow-card flex flex-col gap-2 transition-shadow"
      to="/account/returns/$refundId"
      params={{ refundId: id }}
    >
      <span className="flex flex-wrap items-center justify-between gap-2 text-sm">
        <ShopName sellerId={sellerId} />
        <Tag tone={caseTones[state]}>{caseWords[state]}</Tag>
      </span>
      <span>
        <strong>{kindWords[kind]}</strong> · {wordOf(reasonWords, reason)}
      </span>
      <span className="flex flex-wrap items-baseline justify-between gap-2">
        <span className="text-muted text-sm">
          {text.order(shortId(orderId))} · {day(createdAt)}
        </span>
        <strong className="tabular-nums">{money(quoted)}</strong>
      </span>
    </Link>
  );
}
