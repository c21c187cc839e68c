import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/schema.gen.ts";
import { texts } from "../../shell/text.ts";
import { moment } from "../../shell/when.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { queryAsOf } from "../as-of.ts";
import { caseMoves } from "./words.ts";

const text = texts({
  en: { title: "What was said and done", buyer: "You", seller: "The shop", operator: "We", system: "Titan" },
  id: {
    title: "Yang dikatakan dan dilakukan",
    buyer: "Anda",
    seller: "Toko",
    operator: "Kami",
    system: "Titan",
  },
});

type Event = Schemas["RefundTimeline"]["items"][number];
type Props = { readonly refundId: string; readonly version: number };

/** The case's log as a conversation. The steps of settling are no words to anybody. */
export function Said({ refundId, version }: Props) {
  const about = { path: { refundId }, query: { as: "buyer" } } as const;
  const found = useQuery({
    ...queryAsOf(version, "GET /v1/refunds/{refundId}/timeline", about),
    placeholderData: (before) => before,
  });
  return (
    <section className="panel">
      <h2 className="mb-3 font-bold">{text.title}</h2>
      <Loaded query={found} skeleton={<div className="skeleton h-32" />}>
        {({ items }) => (
          <ol className="flex flex-col gap-3" aria-live="polite">
            {items
              .filter(({ move }) => move !== "step")
              .map((event) => (
                <Entry key={event.seq} event={event} />
              ))}
          </ol>
        )}
      </Loaded>
    </section>
  );
}

function Entry({ event: { as, move, at, detail } }: { readonly event: Event }) {
  const side = as === "buyer" ? "bg-brand-soft self-end" : "bg-sunken self-start";
  const parcel = [detail.carrier, detail.trackingNumber].filter(Boolean).join(" · ");
  return (
    <li className={`max-w-[85%] rounded-card px-4 py-3 text-sm ${side}`}>
      <p>
        <strong>{text[as]}</strong> {caseMoves[move]}
      </p>
      {detail.text && <p className="mt-1 whitespace-pre-line">{String(detail.text)}</p>}
      {parcel && <p className="mt-1">{parcel}</p>}
      <time className="text-muted mt-1 block text-xs" dateTime={at}>
        {moment(at)}
      </time>
    </li>
  );
}
