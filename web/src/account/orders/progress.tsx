import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { count, texts } from "../../shell/text.ts";
import { day, moment } from "../../shell/when.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { queryAsOf } from "../as-of.ts";
import { cancelWords, moveWords, type Order, wordOf } from "./words.ts";

const text = texts({
  en: {
    progress: "Progress",
    placed: "Placed",
    paid: "Paid",
    shipped: "On its way",
    delivered: "Delivered",
    completed: "Completed",
    done: "done",
    history: "Everything that happened",
    units: (n: string) => `× ${n}`,
    buyer: "by you",
    seller: "by the shop",
  },
  id: {
    progress: "Perkembangan",
    placed: "Dibuat",
    paid: "Dibayar",
    shipped: "Dikirim",
    delivered: "Terkirim",
    completed: "Selesai",
    done: "selesai",
    history: "Semua yang terjadi",
    units: (n: string) => `× ${n}`,
    buyer: "oleh Anda",
    seller: "oleh toko",
  },
});

type Step = { readonly label: string; readonly at: string | null };

/** What is paid at the door is paid when it arrives: its money is no step of its own. */
function stepsOf(order: Order): readonly Step[] {
  const paid = { label: text.paid, at: order.paidAt };
  return [
    { label: text.placed, at: order.createdAt },
    ...(order.paymentMethod === "cod" ? [] : [paid]),
    { label: text.shipped, at: order.shippedAt },
    { label: text.delivered, at: order.deliveredAt },
    { label: text.completed, at: order.completedAt },
  ];
}

const DOT = "flex size-7 shrink-0 items-center justify-center rounded-full";

export function Progress({ order }: { readonly order: Order }) {
  if (order.state === "cancelled") return null;
  const steps = stepsOf(order);
  const current = steps.findLastIndex(({ at }) => at !== null);
  return (
    <section className="panel" aria-label={text.progress}>
      <ol className="flex flex-col gap-3 sm:flex-row sm:gap-2">
        {steps.map(({ label, at }, place) => (
          <li
            key={label}
            className="flex flex-1 items-center gap-3 sm:flex-col sm:items-start sm:gap-2"
            aria-current={place === current ? "step" : undefined}
          >
            <span className="flex items-center sm:w-full">
              <span className={`${DOT} ${at ? "bg-good text-surface" : "bg-sunken text-muted"}`}>
                {at && <Check size={16} aria-label={text.done} />}
              </span>
              <span className={`hidden h-0.5 flex-1 sm:block ${at ? "bg-good" : "bg-line"}`} aria-hidden />
            </span>
            <span>
              <span className={`block text-sm ${place === current ? "font-bold" : "font-semibold"}`}>
                {label}
              </span>
              <span className="text-muted block min-h-[1lh] text-xs">{at && day(at)}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

type HistoryProps = { readonly orderId: string; readonly version: number };

/** What the order is now is not all that it was. */
export function History({ orderId, version }: HistoryProps) {
  return (
    <details className="panel group">
      <summary className="cursor-pointer font-semibold">{text.history}</summary>
      <Moves key={version} orderId={orderId} version={version} />
    </details>
  );
}

function Moves({ orderId, version }: HistoryProps) {
  const about = { path: { orderId }, query: { as: "buyer" } } as const;
  const found = useQuery(queryAsOf(version, "GET /v1/orders/{orderId}/timeline", about));
  return (
    <Loaded query={found} skeleton={<div className="skeleton mt-3 h-24" />}>
      {({ items }) => (
        <ol className="mt-3 flex flex-col gap-2 text-sm">
          {items.map(({ seq, at, move, by, detail }) => (
            <li key={seq} className="flex flex-wrap gap-x-3">
              <time className="text-muted tabular-nums" dateTime={at}>
                {moment(at)}
              </time>
              <span>
                {moveWords[move]}
                <span className="text-muted">{aboutOf(detail, move.startsWith("cancel") ? by : "")}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  );
}

/** Of what the log keeps, what says something to a person. */
function aboutOf(detail: Readonly<Record<string, string | number>>, by: string): string {
  const { carrier, trackingNumber, reason, units } = detail;
  const said = [
    carrier,
    trackingNumber,
    units && text.units(count(Number(units))),
    (by === "buyer" || by === "seller") && text[by],
    reason && wordOf(cancelWords, String(reason)),
  ].filter(Boolean);
  return said.length === 0 ? "" : ` · ${said.join(" · ")}`;
}
