import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Tabs } from "radix-ui";
import { pagesOf, queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { AdjustPanel } from "./adjust.tsx";
import { BundlesPanel } from "./bundles.tsx";
import { LocationsPanel } from "./locations.tsx";
import { Named, useNames } from "./offer-names.tsx";
import { mayManage, useShop } from "./shop.ts";
import { StockOf } from "./stock-of.tsx";
import { TransfersPanel } from "./transfers.tsx";

const text = texts({
  en: {
    title: "Inventory",
    low: "Running low",
    levels: "Levels",
    movements: "Movements",
    adjust: "Receive and adjust",
    locations: "Locations",
    transfers: "Transfers",
    bundles: "Bundles",
    noLow: "Nothing is running low",
    noLevels: "Nothing was counted yet",
    noMovements: "Nothing has moved yet",
    at: (n: string) => `warned at ${n}`,
    there: (n: string) => `${n} there`,
    promised: (n: string) => `${n} promised`,
    coming: (n: string) => `${n} on the way`,
    receive: "Received",
    return: "Came back",
    expect: "Expected",
    set: "Counted",
    reserve: "Reserved",
    commit: "Sold",
    release: "Given back",
    ship: "Left",
  },
  id: {
    title: "Inventaris",
    low: "Menipis",
    levels: "Jumlah",
    movements: "Pergerakan",
    adjust: "Terima dan sesuaikan",
    locations: "Lokasi",
    transfers: "Transfer",
    bundles: "Paket",
    noLow: "Tidak ada yang menipis",
    noLevels: "Belum ada yang dihitung",
    noMovements: "Belum ada pergerakan",
    at: (n: string) => `peringatan di ${n}`,
    there: (n: string) => `${n} ada`,
    promised: (n: string) => `${n} dijanjikan`,
    coming: (n: string) => `${n} akan datang`,
    receive: "Diterima",
    return: "Kembali",
    expect: "Diharapkan",
    set: "Dihitung",
    reserve: "Dipesan",
    commit: "Terjual",
    release: "Dilepas",
    ship: "Keluar",
  },
});

const PARTS = ["low", "levels", "movements", "adjust", "transfers", "bundles", "locations"] as const;
const STAFFS: readonly string[] = ["low", "levels", "movements"];

/** What lies where, what is promised of it, and every movement of it. */
export function InventoryPage() {
  const shop = useShop();
  const parts = PARTS.filter((part) => mayManage(shop) || STAFFS.includes(part));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Tabs.Root defaultValue="levels">
        <Tabs.List className="chips mb-4" aria-label={text.title}>
          {parts.map((part) => (
            <Tabs.Trigger key={part} value={part} className="chip">
              {text[part]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="low">
          <Low />
        </Tabs.Content>
        <Tabs.Content value="levels">
          <Levels />
        </Tabs.Content>
        <Tabs.Content value="movements">
          <Movements />
        </Tabs.Content>
        <Tabs.Content value="adjust">
          <AdjustPanel />
        </Tabs.Content>
        <Tabs.Content value="transfers">
          <TransfersPanel />
        </Tabs.Content>
        <Tabs.Content value="bundles">
          <BundlesPanel />
        </Tabs.Content>
        <Tabs.Content value="locations">
          <LocationsPanel />
        </Tabs.Content>
      </Tabs.Root>
    </>
  );
}

function Low() {
  const low = useInfiniteQuery(pagesOf("GET /v1/inventory/low-stock", { query: {} }, useShop()));
  const ids = low.data?.pages.flatMap(({ items }) => items.map(({ offerIds }) => offerIds[0] ?? "")) ?? [];
  const names = useNames(ids);
  return (
    <Paged query={low} keyOf={({ itemId }) => itemId} empty={<Empty title={text.noLow} />}>
      {({ offerIds: [offerId = ""], available, lowStockAt }) => (
        <div className="panel flex flex-wrap items-center gap-x-4 gap-y-1 py-3!">
          <span className="min-w-0 flex-1 basis-40">
            <Named offerId={offerId} offer={names.get(offerId)} />
            <span className="text-muted block text-sm">{text.at(count(lowStockAt))}</span>
          </span>
          <StockOf offerId={offerId} name={names.get(offerId)?.sku ?? ""} available={available} />
        </div>
      )}
    </Paged>
  );
}

function Levels() {
  const shop = useShop();
  const levels = useInfiniteQuery(pagesOf("GET /v1/inventory/levels", { query: {} }, shop));
  const locations = useQuery(queryOf("GET /v1/inventory/locations", {}, shop));
  const names = useNames(
    levels.data?.pages.flatMap(({ items }) => items.map(({ offerId }) => offerId)) ?? [],
  );
  const placeOf = (id: string) => locations.data?.items.find((one) => one.id === id)?.name;
  return (
    <Paged
      query={levels}
      keyOf={({ offerId, locationId }) => offerId + locationId}
      empty={<Empty title={text.noLevels} />}
    >
      {(level) => (
        <div className="panel flex flex-wrap items-center gap-x-4 gap-y-1 py-3!">
          <span className="min-w-0 flex-1 basis-40">
            <Named offerId={level.offerId} offer={names.get(level.offerId)} />
            <span className="text-muted block text-sm">{placeOf(level.locationId)}</span>
          </span>
          <span className="text-muted text-sm tabular-nums">
            {[
              text.there(count(level.onHand)),
              level.reserved + level.allocated > 0 && text.promised(count(level.reserved + level.allocated)),
              level.incoming > 0 && text.coming(count(level.incoming)),
            ]
              .filter(Boolean)
              .join(", ")}
          </span>
          <StockOf
            offerId={level.offerId}
            name={names.get(level.offerId)?.sku ?? ""}
            available={level.available}
          />
        </div>
      )}
    </Paged>
  );
}

const isKnown = (kind: string): kind is "receive" => kind in text;
const signed = new Intl.NumberFormat(document.documentElement.lang, { signDisplay: "exceptZero" });

function Movements() {
  const shop = useShop();
  const moves = useInfiniteQuery(pagesOf("GET /v1/inventory/movements", { query: {} }, shop));
  const offerOf = (itemId: string) => itemId.replace(/^sti_/, "ofr_");
  const names = useNames(
    moves.data?.pages.flatMap(({ items }) => items.map(({ itemId }) => offerOf(itemId))) ?? [],
  );
  return (
    <Paged query={moves} keyOf={({ seq }) => seq} empty={<Empty title={text.noMovements} />}>
      {(move) => (
        <div className="panel flex flex-wrap items-center gap-x-4 gap-y-1 py-3!">
          <span className="min-w-0 flex-1 basis-40">
            <Named offerId={offerOf(move.itemId)} offer={names.get(offerOf(move.itemId))} />
            <span className="text-muted block text-sm">
              {[isKnown(move.kind) ? text[move.kind] : move.kind, move.reason, moment(move.at)]
                .filter(Boolean)
                .join(", ")}
            </span>
          </span>
          <span className="text-sm tabular-nums">
            {move.onHand !== 0 && <strong>{signed.format(move.onHand)} </strong>}
            {move.reserved + move.allocated !== 0 && (
              <span className="text-muted">({signed.format(move.reserved + move.allocated)})</span>
            )}
          </span>
        </div>
      )}
    </Paged>
  );
}
