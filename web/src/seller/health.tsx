import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { day, moment } from "../shell/when.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Loaded, Paged } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import { metricName, type Score, sayScore, verdictName, verdictTone } from "./score.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Health of the shop",
    since: (from: string, until: string) => `${from} to ${until}`,
    points: (n: string) => `${n} penalty points`,
    target: (of: string) => `Target ${of}`,
    of: (of: string, per: string) => `${of} of ${per}`,
    behind: "What is behind it",
    none: "Nothing is behind this number in this time.",
    due: "due",
    shipped: "shipped",
    cancelled: "cancelled",
    returned: "returned",
    question: "Question",
    review: "Review",
    order: "Order",
    inTime: "answered in time",
    late: "not answered in time",
  },
  id: {
    title: "Kesehatan toko",
    since: (from: string, until: string) => `${from} sampai ${until}`,
    points: (n: string) => `${n} poin penalti`,
    target: (of: string) => `Target ${of}`,
    of: (of: string, per: string) => `${of} dari ${per}`,
    behind: "Lihat penyebabnya",
    none: "Tidak ada apa-apa di balik angka ini.",
    due: "batas",
    shipped: "dikirim",
    cancelled: "dibatalkan",
    returned: "dikembalikan",
    question: "Pertanyaan",
    review: "Ulasan",
    order: "Pesanan",
    inTime: "dijawab tepat waktu",
    late: "tidak dijawab tepat waktu",
  },
});

/** How the shop does by its market's targets, each number with what it was counted from. */
export function HealthPanel() {
  const shop = useShop();
  const { seller } = shop;
  const path = { sellerId: seller };
  const health = useQuery(queryOf("GET /v1/sellers/{sellerId}/performance", { path }, shop));
  const [shown, setShown] = useState<Score["metric"]>();
  return (
    <section className="mt-8">
      <Loaded query={health} skeleton={<div className="skeleton h-64 w-full" />}>
        {({ from, until, scores, points, campaignRefusal }) => (
          <>
            <header className="mb-4 flex flex-wrap items-baseline justify-between gap-2">
              <h2 className="text-xl font-bold tracking-tight">{text.title}</h2>
              <span className="text-muted text-sm">{text.since(day(from), day(until))}</span>
            </header>
            {points > 0 && (
              <p className="notice notice-bad mb-4">
                {text.points(count(points))}
                {campaignRefusal && `: ${campaignRefusal}`}
              </p>
            )}
            <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
              {scores.map((score) => (
                <li key={score.metric}>
                  <ScoreCard score={score} onShow={() => setShown(score.metric)} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {shown && <Behind metric={shown} onClose={() => setShown(undefined)} />}
    </section>
  );
}

type CardProps = { readonly score: Score; readonly onShow: () => void };

function ScoreCard({ score, onShow }: CardProps) {
  const { metric, unit, value, target, of, per, verdict } = score;
  return (
    <div className="panel flex h-full flex-col gap-1">
      <div className="flex items-start justify-between gap-2">
        <span className="text-muted text-sm">{metricName[metric]}</span>
        <Tag tone={verdictTone[verdict]}>{verdictName[verdict]}</Tag>
      </div>
      <strong className="text-2xl tracking-tight tabular-nums">
        {value === null ? "–" : sayScore(unit, value)}
      </strong>
      <span className="text-muted text-sm">
        {text.target(sayScore(unit, target))}
        {unit === "basis_points" && per > 0 && `, ${text.of(count(of), count(per))}`}
      </span>
      {per > 0 && (
        <button
          type="button"
          className="text-brand mt-1 self-start text-sm font-semibold"
          onClick={onShow}
          aria-label={`${text.behind}: ${metricName[metric]}`}
        >
          {text.behind}
        </button>
      )}
    </div>
  );
}

type BehindProps = { readonly metric: Score["metric"]; readonly onClose: () => void };
type Moved = Answer<"GET /v1/sellers/{sellerId}/performance/{metric}/orders">["items"][number];

/** Every order, question or review that a number is made of. */
function Behind({ metric, onClose }: BehindProps) {
  const shop = useShop();
  const name = "GET /v1/sellers/{sellerId}/performance/{metric}/orders";
  const moved = useInfiniteQuery(pagesOf(name, { path: { sellerId: shop.seller, metric }, query: {} }, shop));
  return (
    <Dialog title={metricName[metric]} onClose={onClose}>
      <Paged
        query={moved}
        keyOf={(one) => one.orderId ?? one.reviewId ?? `${one.conversationId}${one.countedAt}`}
        empty={<p className="text-muted py-6 text-center">{text.none}</p>}
        className="divide-line divide-y"
      >
        {(one) => <MovedRow moved={one} />}
      </Paged>
    </Dialog>
  );
}

function MovedRow({ moved }: { readonly moved: Moved }) {
  const said = [
    moved.dueAt && `${text.due} ${moment(moved.dueAt)}`,
    moved.shippedAt && `${text.shipped} ${moment(moved.shippedAt)}`,
    moved.cancelledAt && `${text.cancelled} ${moment(moved.cancelledAt)}`,
    moved.returnedAt && `${text.returned} ${moment(moved.returnedAt)}`,
    moved.answeredInTime !== null && (moved.answeredInTime ? text.inTime : text.late),
    moved.stars !== null && `${moved.stars} ★`,
  ].filter(Boolean);
  return (
    <div className="py-2.5 text-sm">
      {moved.orderId === null ? (
        <span className="font-semibold">
          {text[moved.kind]}, {moment(moved.countedAt)}
        </span>
      ) : (
        <Link
          to="/shop/orders/$orderId"
          params={{ orderId: moved.orderId }}
          className="text-brand font-semibold"
        >
          {text.order} {moment(moved.countedAt)}
        </Link>
      )}
      <span className="text-muted block">{said.join(", ")}</span>
    </div>
  );
}
