import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Loaded } from "../ui/loaded.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "What happened",
    place: "Ordered",
    pay: "Paid",
    confirm: "Confirmed",
    ship_part: "Sent in part",
    ship: "Sent",
    deliver: "Delivered",
    collect: "Cash collected",
    complete: "Completed",
    cancel: "Cancelled",
    cancel_part: "Called off in part",
    cancel_rest: "The rest called off",
    units: (n: string) => `× ${n}`,
    buyer: "by the buyer",
    seller: "by the shop",
    operator: "by the platform",
    platform: "by itself",
  },
  id: {
    title: "Riwayat",
    place: "Dipesan",
    pay: "Dibayar",
    confirm: "Dikonfirmasi",
    ship_part: "Dikirim sebagian",
    ship: "Dikirim",
    deliver: "Sampai",
    collect: "Uang diterima",
    complete: "Selesai",
    cancel: "Dibatalkan",
    cancel_part: "Dibatalkan sebagian",
    cancel_rest: "Sisanya dibatalkan",
    units: (n: string) => `× ${n}`,
    buyer: "oleh pembeli",
    seller: "oleh toko",
    operator: "oleh platform",
    platform: "otomatis",
  },
});

/** Every move of an order, the first one first. */
export function OrderTimeline({ orderId }: { readonly orderId: string }) {
  const query = { as: "seller" } as const;
  const log = useQuery(queryOf("GET /v1/orders/{orderId}/timeline", { path: { orderId }, query }, useShop()));
  return (
    <section className="panel">
      <h2 className="mb-3 text-lg font-bold">{text.title}</h2>
      <Loaded query={log} skeleton={<div className="skeleton h-24 w-full" />}>
        {({ items }) => (
          <ol className="border-line ml-1.5 flex flex-col gap-3 border-l pl-5">
            {items.map(({ seq, at, move, by, detail }) => (
              <li key={seq} className="relative">
                <span
                  className="bg-brand absolute top-1.5 -left-[1.6rem] size-2.5 rounded-full"
                  aria-hidden
                />
                <span className="font-semibold">{text[move]}</span>
                <span className="text-muted block text-sm">
                  {[moment(at), ...(move.startsWith("cancel") ? aboutOf(detail, by) : [])]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </section>
  );
}

const SIDES = ["buyer", "seller", "operator", "platform"] as const;

/** Of what was called off: how much, and by whom. */
function aboutOf({ units }: Readonly<Record<string, string | number>>, by: string) {
  const side = SIDES.find((one) => one === by);
  return [units !== undefined && text.units(count(Number(units))), side && text[side]];
}
