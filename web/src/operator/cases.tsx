import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { pagesOf } from "../api/queries.ts";
import { returnState, returnTone, sayReason } from "../seller/return-states.ts";
import { money, texts } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Chips } from "../ui/chips.tsx";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";

const text = texts({
  en: { title: "Returns and claims", none: "No case is in this state", state: "State", answer: "Answer due" },
  id: {
    title: "Retur dan klaim",
    none: "Tidak ada kasus dalam status ini",
    state: "Status",
    answer: "Batas jawab",
  },
});

const STATES = ["disputed", "requested", "settling", "approved", "received", "resolved", "rejected"] as const;
type State = (typeof STATES)[number];
const isState = (given: string | undefined): given is State => STATES.some((one) => one === given);

const route = getRouteApi("/operator/cases");

/** Cases by state; those in which the platform has the last word first. */
export function CasesPage() {
  const { state: given } = route.useSearch();
  const navigate = route.useNavigate();
  const state = isState(given) ? given : "disputed";
  const query = useInfiniteQuery(pagesOf("GET /v1/refunds", { query: { as: "operator", state } }));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Chips
        label={text.state}
        options={STATES.map((value) => ({ value, name: returnState[value] }))}
        value={state}
        onChoose={(value) => void navigate({ search: { state: value } })}
      />
      <Paged query={query} keyOf={({ id }) => id} empty={<Empty title={text.none} />}>
        {(one) => (
          <Link
            to="/operator/cases/$refundId"
            params={{ refundId: one.id }}
            className="panel hover:border-brand flex flex-wrap items-center justify-between gap-3"
          >
            <span>
              <span className="block font-semibold">{sayReason(one.reason)}</span>
              <span className="text-muted text-sm">
                {fromNow(one.createdAt)}
                {one.answerBefore !== null && ` · ${text.answer} ${fromNow(one.answerBefore)}`}
              </span>
            </span>
            <span className="flex items-center gap-3">
              <strong className="tabular-nums">{money(one.quoted)}</strong>
              <Tag tone={returnTone[one.state]}>{returnState[one.state]}</Tag>
            </span>
          </Link>
        )}
      </Paged>
    </>
  );
}
