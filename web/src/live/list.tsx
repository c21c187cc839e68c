import { useQuery } from "@tanstack/react-query";
import { LIVE_TEXTS } from "#platform/storefront/pages/live-texts";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { Empty } from "../ui/empty.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { ShowCards } from "./shows.tsx";

const text = texts(LIVE_TEXTS);
const LISTED = 24;
const list = (state: "live" | "scheduled" | "replay") =>
  queryOf("GET /v1/livestreams", { query: { state, limit: LISTED } });

/** Shows that are on air, to come, and to be seen again. */
export function LiveListPage() {
  useTitle(text.shows);
  const onAir = useQuery(list("live"));
  const toCome = useQuery(list("scheduled"));
  const replays = useQuery(list("replay"));
  const shelves = [
    { id: "live", title: text.onAir, query: onAir },
    { id: "to-come", title: text.toCome, query: toCome },
    { id: "replays", title: text.replays, query: replays },
  ];
  const isEmpty = shelves.every(({ query }) => query.data?.items.length === 0);
  return (
    <section>
      <h1 className="page-title">{text.shows}</h1>
      <p className="shop-place">{text.showsAbout}</p>
      {isEmpty && <Empty title={text.noShows} text={text.noShowsText} />}
      {shelves.map(({ id, title, query }) => (
        <Loaded key={id} query={query}>
          {({ items }) =>
            items.length > 0 && (
              <section aria-labelledby={id}>
                <h2 className="section-title" id={id}>
                  {title}
                </h2>
                <ShowCards items={items} />
              </section>
            )
          }
        </Loaded>
      ))}
    </section>
  );
}
