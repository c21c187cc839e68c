import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { pagesOf } from "../api/queries.ts";
import { sellerState, sellerTone } from "../seller/states.ts";
import { texts } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Chips } from "../ui/chips.tsx";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";

const text = texts({
  en: { title: "Sellers", none: "No shop is in this state", state: "State" },
  id: { title: "Penjual", none: "Tidak ada toko dalam status ini", state: "Status" },
});

const STATES = [
  "review",
  "applied",
  "onboarding",
  "active",
  "vacation",
  "suspended",
  "rejected",
  "terminated",
] as const;
type State = (typeof STATES)[number];
const isState = (given: string | undefined): given is State => STATES.some((one) => one === given);

const route = getRouteApi("/operator/sellers");

/** Shops by state; those that wait for a decision first. */
export function SellersPage() {
  const { state: given } = route.useSearch();
  const navigate = route.useNavigate();
  const state = isState(given) ? given : "review";
  const query = useInfiniteQuery(pagesOf("GET /v1/sellers/review", { query: { state } }));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Chips
        label={text.state}
        options={STATES.map((value) => ({ value, name: sellerState[value] }))}
        value={state}
        onChoose={(value) => void navigate({ search: { state: value } })}
      />
      <Paged query={query} keyOf={({ id }) => id} empty={<Empty title={text.none} />}>
        {(shop) => (
          <Link
            to="/operator/sellers/$sellerId"
            params={{ sellerId: shop.id }}
            className="panel hover:border-brand flex flex-wrap items-center justify-between gap-3"
          >
            <span>
              <span className="block font-semibold">{shop.name}</span>
              <span className="text-muted text-sm">{`${shop.legalName} · ${shop.city}`}</span>
            </span>
            <span className="flex items-center gap-3 text-sm">
              <span className="text-muted">{fromNow(shop.createdAt)}</span>
              <Tag tone={sellerTone[shop.state]}>{sellerState[shop.state]}</Tag>
            </span>
          </Link>
        )}
      </Paged>
    </>
  );
}
