import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { pagesOf } from "../api/queries.ts";
import { money, texts } from "../shell/text.ts";
import { fromNow, moment } from "../shell/when.ts";
import { Chips } from "../ui/chips.tsx";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import { type Return, returnKind, returnState, returnTone, sayReason } from "./return-states.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Returns",
    filter: "State",
    all: "All",
    none: "Nothing comes back",
    noneText: "Here you answer buyers who want to return or exchange something.",
    answer: (when: string) => `answer ${when}`,
  },
  id: {
    title: "Pengembalian",
    filter: "Status",
    all: "Semua",
    none: "Tidak ada pengembalian",
    noneText: "Di sini Anda menjawab pembeli yang ingin mengembalikan atau menukar barang.",
    answer: (when: string) => `jawab ${when}`,
  },
});
const SHOWN = ["requested", "approved", "received", "disputed", "rejected", "resolved"] as const;

const OPTIONS = [
  { value: undefined, name: text.all },
  ...SHOWN.map((value) => ({ value, name: returnState[value] })),
];

/** Returns, exchanges and claims of the shop's orders. */
export function ReturnsPage() {
  const [state, setState] = useState<Return["state"]>();
  const cases = useInfiniteQuery(
    pagesOf("GET /v1/refunds", { query: { as: "seller", ...(state && { state }) } }, useShop()),
  );
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Chips label={text.filter} options={OPTIONS} value={state} onChoose={setState} />
      <Paged query={cases} keyOf={({ id }) => id} empty={<Empty title={text.none} text={text.noneText} />}>
        {(one) => (
          <Link
            to="/shop/returns/$refundId"
            params={{ refundId: one.id }}
            className="panel hover:shadow-card flex flex-wrap items-center gap-x-4 gap-y-1 transition-shadow"
          >
            <span className="min-w-0 flex-1 max-sm:basis-full sm:basis-52">
              <strong className="block">
                {returnKind[one.kind]}: {sayReason(one.reason)}
              </strong>
              <span className="text-muted text-sm">{moment(one.createdAt)}</span>
            </span>
            {one.state === "requested" && one.answerBefore && (
              <span className="text-deal text-sm font-semibold">
                {text.answer(fromNow(one.answerBefore))}
              </span>
            )}
            <Tag tone={returnTone[one.state]}>{returnState[one.state]}</Tag>
            <strong className="ml-auto min-w-24 text-right tabular-nums">{money(one.quoted)}</strong>
          </Link>
        )}
      </Paged>
    </>
  );
}
