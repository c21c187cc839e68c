import { useQueries, useQuery } from "@tanstack/react-query";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { typedOf } from "./ad-words.ts";
import { useNames } from "./offer-names.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: { search: "Search results", category: "Categories", product: "Product pages", none: "By the title" },
  id: { search: "Hasil pencarian", category: "Kategori", product: "Halaman produk", none: "Lewat judul" },
});
const PLACES: Readonly<Record<string, string>> = text;

export type By = "day" | "group" | "product" | "keyword" | "placement";
type About = { readonly campaignId: string; readonly by: By };

/** What a shop calls the rows of a report, of which the API says the ids. */
export function useAdNames({ campaignId, by }: About): (name: string) => string {
  const shop = useShop();
  const groups = useQuery({
    ...queryOf("GET /v1/ad-campaigns/{campaignId}/groups", { path: { campaignId } }, shop),
    enabled: by === "group" || by === "product" || by === "keyword",
  });
  const details = useQueries({
    queries: (groups.data?.items ?? []).map(({ id: groupId }) => ({
      ...queryOf("GET /v1/ad-campaigns/groups/{groupId}", { path: { groupId } }, shop),
      enabled: by === "product" || by === "keyword",
    })),
  }).flatMap(({ data }) => data ?? []);
  const targets = details.flatMap((group) => group.targets);
  const offers = useNames(targets.map(({ offerId }) => offerId));
  const named = (id: string): string | undefined => {
    if (by === "day") return day(id);
    if (by === "placement") return PLACES[id];
    if (by === "group") return groups.data?.items.find((group) => group.id === id)?.name;
    if (by === "product") return offers.get(offerOf(id) ?? "")?.sku;
    const keyword = details.flatMap(({ keywords }) => keywords).find((one) => one.id === id);
    return id === "" ? text.none : keyword && typedOf([keyword]);
  };
  const offerOf = (productId: string) => targets.find((one) => one.productId === productId)?.offerId;
  return (id) => named(id) ?? id;
}
