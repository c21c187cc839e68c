import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { queryOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { count, money, texts } from "../../shell/text.ts";
import { ReviewDialog } from "../review-dialog.tsx";
import type { Order } from "./words.ts";

const text = texts({
  en: {
    title: "Articles",
    units: (n: string, price: string) => `${n} × ${price}`,
    cancelled: (n: string) => `${n} cancelled`,
    returned: (n: string) => `${n} returned`,
    shipped: (n: string, of: string) => `${n} of ${of} sent`,
    review: "Write a review",
    reviewed: "Thank you, your review is in.",
  },
  id: {
    title: "Barang",
    units: (n: string, price: string) => `${n} × ${price}`,
    cancelled: (n: string) => `${n} dibatalkan`,
    returned: (n: string) => `${n} dikembalikan`,
    shipped: (n: string, of: string) => `${n} dari ${of} dikirim`,
    review: "Tulis ulasan",
    reviewed: "Terima kasih, ulasan Anda sudah masuk.",
  },
});

/** A person seldom has more that waits for a review; beyond them the list of reviews goes on. */
const RIGHTS = 100;

type Line = Order["lines"][number];
type Right = Schemas["Right"];

export function Lines({ order: { lines, state } }: { readonly order: Order }) {
  const isHere = state === "delivered" || state === "completed";
  const rights = useQuery({
    ...queryOf("GET /v1/reviews/rights", { query: { limit: RIGHTS } }),
    enabled: isHere,
  });
  const [reviewed, setReviewed] = useState<Right>();
  const [done, setDone] = useState(false);
  return (
    <section className="panel">
      <h2 className="mb-1 font-bold">{text.title}</h2>
      <p role="status" className="text-good text-sm">
        {done && text.reviewed}
      </p>
      <ul className="divide-line divide-y">
        {lines.map((line) => (
          <LineRow
            key={line.id}
            line={line}
            isMoving={state === "confirmed"}
            right={rights.data?.items.find(({ lineId }) => lineId === line.id)}
            onReview={setReviewed}
          />
        ))}
      </ul>
      {reviewed && (
        <ReviewDialog line={reviewed} onDone={() => setDone(true)} onClose={() => setReviewed(undefined)} />
      )}
    </section>
  );
}

type RowProps = {
  readonly line: Line;
  readonly isMoving: boolean;
  readonly right: Right | undefined;
  readonly onReview: (right: Right) => void;
};

function LineRow({ line, isMoving, right, onReview }: RowProps) {
  const { productId, imageKey, title, variantLabel, quantity, unitPrice, goods } = line;
  const notes = [
    line.cancelledQuantity > 0 && text.cancelled(count(line.cancelledQuantity)),
    line.returnedQuantity > 0 && text.returned(count(line.returnedQuantity)),
    isMoving && line.shippedQuantity > 0 && text.shipped(count(line.shippedQuantity), count(quantity)),
  ].filter(Boolean);
  return (
    <li className="flex gap-3 py-4">
      <span className="bg-sunken size-16 shrink-0 overflow-hidden rounded-control sm:size-20">
        {imageKey !== null && (
          <img
            className="size-full object-cover"
            src={`/v1/media/${imageKey}`}
            alt=""
            width={80}
            height={80}
            loading="lazy"
          />
        )}
      </span>
      <div className="min-w-0 flex-1">
        <Link
          className="hover:text-brand line-clamp-2 font-semibold"
          to="/products/$slug"
          params={{ slug: productId }}
        >
          {title}
        </Link>
        <p className="text-muted text-sm">
          {variantLabel && `${variantLabel} · `}
          {text.units(count(quantity), money(unitPrice))}
        </p>
        {notes.length > 0 && <p className="text-muted text-sm">{notes.join(" · ")}</p>}
        {right && (
          <button
            type="button"
            className="button button-quiet button-small mt-2"
            onClick={() => onReview(right)}
          >
            {text.review}
          </button>
        )}
      </div>
      <strong className="tabular-nums">{money(goods)}</strong>
    </li>
  );
}
