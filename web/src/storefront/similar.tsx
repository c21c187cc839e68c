import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { Advertised, Cards } from "./cards.tsx";
import { tell } from "./events.ts";

const text = texts({
  en: { similar: "Similar products", paidFor: "Sponsored by shops" },
  id: { similar: "Produk serupa", paidFor: "Disponsori toko" },
});
const SLOT = "product";
const SHOWN = 8;

/** Asked for once the person comes near; what is below it does not exist, so nothing moves. */
export function Similar({ productId }: { readonly productId: string }) {
  const place = useRef<HTMLElement>(null);
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setIsNear(true));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { data } = useQuery({
    ...queryOf("GET /v1/recommendations/similar/{productId}", {
      path: { productId },
      query: { slot: SLOT, limit: SHOWN },
    }),
    enabled: isNear,
  });
  const impressionId = data?.items.length ? data.impressionId : undefined;
  useEffect(() => {
    if (impressionId !== undefined) tell("recommendation.shown", { impressionId, slot: SLOT });
  }, [impressionId]);
  const ads = useQuery({
    ...queryOf("GET /v1/search/beside/{productId}", { path: { productId } }),
    enabled: isNear,
  });
  return (
    <section ref={place} className="min-h-px" aria-label={text.similar}>
      {data && data.items.length > 0 && (
        <>
          <h2 className="section-title">{text.similar}</h2>
          <Cards
            items={data.items}
            onFollow={(item) =>
              tell("recommendation.clicked", {
                impressionId: data.impressionId,
                slot: SLOT,
                productId: item.productId,
                position: item.position,
              })
            }
          />
        </>
      )}
      {ads.data && ads.data.items.length > 0 && (
        <>
          <h2 className="section-title">{text.paidFor}</h2>
          <Advertised items={ads.data.items} />
        </>
      )}
    </section>
  );
}
