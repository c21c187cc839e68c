import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { pagesOf } from "../api/queries.ts";
import { money } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Chips } from "../ui/chips.tsx";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import {
  DISPUTE_STATES,
  disputeTone,
  sayProvider,
  sayReason,
  disputeText as text,
} from "./dispute-states.ts";

type State = (typeof DISPUTE_STATES)[number];
const isState = (given: string | undefined): given is State => DISPUTE_STATES.some((one) => one === given);

const route = getRouteApi("/operator/disputes");

/** What buyers' banks took back, those first whose evidence is due first. */
export function DisputesPage() {
  const { state: given } = route.useSearch();
  const navigate = route.useNavigate();
  const state = isState(given) ? given : "needs_response";
  const query = useInfiniteQuery(pagesOf("GET /v1/payments/disputes", { query: { state } }));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Chips
        label={text.state}
        options={DISPUTE_STATES.map((value) => ({ value, name: text[value] }))}
        value={state}
        onChoose={(value) => void navigate({ search: { state: value } })}
      />
      <Paged query={query} keyOf={({ id }) => id} empty={<Empty title={text.none} />}>
        {(one) => (
          <Link
            to="/operator/disputes/$disputeId"
            params={{ disputeId: one.id }}
            className="panel hover:border-brand flex flex-wrap items-center justify-between gap-3"
          >
            <span>
              <span className="block font-semibold">{sayReason(one.reason)}</span>
              <span className="text-muted text-sm">
                {sayProvider(one.provider)}
                {one.evidenceBy !== null && ` · ${text.due} ${fromNow(one.evidenceBy)}`}
              </span>
            </span>
            <span className="flex items-center gap-3">
              <strong className="tabular-nums">{money(one.amount)}</strong>
              <Tag tone={disputeTone[one.state]}>{text[one.state]}</Tag>
            </span>
          </Link>
        )}
      </Paged>
    </>
  );
}
