import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/client.ts";
import { pagesOf, queryClient } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { ReviewDialog } from "./review-dialog.tsx";
import { StarsShown } from "./stars.tsx";

const text = texts({
  en: {
    title: "Reviews",
    waiting: "Waiting for your review",
    noneWaiting: "Nothing waits for a review",
    mine: "Yours",
    none: "You have written no review yet",
    write: "Write a review",
    until: (at: string) => `Until ${at}`,
    edit: "Change",
    remove: "Take it back",
    seeProduct: "The product",
    reply: "The shop replied",
    published: "Published",
    pending: "Being looked at",
    rejected: "Not published",
    withdrawn: "Taken back",
  },
  id: {
    title: "Ulasan",
    waiting: "Menunggu ulasan Anda",
    noneWaiting: "Tidak ada yang menunggu ulasan",
    mine: "Milik Anda",
    none: "Anda belum menulis ulasan",
    write: "Tulis ulasan",
    until: (at: string) => `Sampai ${at}`,
    edit: "Ubah",
    remove: "Tarik",
    seeProduct: "Produk",
    reply: "Balasan toko",
    published: "Terbit",
    pending: "Sedang diperiksa",
    rejected: "Tidak terbit",
    withdrawn: "Ditarik",
  },
});

type Own = Schemas["OwnReview"];
const TONES: { readonly [S in Own["state"]]: Tone } = {
  published: "good",
  pending: "brand",
  rejected: "bad",
  withdrawn: "plain",
};
const PAGE = 20;

export function ReviewsPage() {
  const rights = useInfiniteQuery(pagesOf("GET /v1/reviews/rights", { query: { limit: PAGE } }));
  const mine = useInfiniteQuery(pagesOf("GET /v1/reviews/mine", { query: { limit: PAGE } }));
  const [written, setWritten] = useState<Schemas["Right"]>();
  const [edited, setEdited] = useState<Own>();
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <h2 className="mb-3 text-xl font-bold tracking-tight">{text.waiting}</h2>
      <Paged
        query={rights}
        keyOf={({ lineId }) => lineId}
        empty={<p className="text-muted">{text.noneWaiting}</p>}
      >
        {(right) => (
          <div className="panel flex flex-wrap items-center justify-between gap-3">
            <p className="min-w-0 flex-1 basis-52">
              <strong className="line-clamp-2">{right.title}</strong>
              <span className="text-muted text-sm">{text.until(day(right.writableUntil))}</span>
            </p>
            <button
              type="button"
              className="button button-primary button-small"
              onClick={() => setWritten(right)}
            >
              {text.write}
            </button>
          </div>
        )}
      </Paged>
      <h2 className="section-title">{text.mine}</h2>
      <Paged query={mine} keyOf={({ id }) => id} empty={<Empty title={text.none} />}>
        {(review) => <Card review={review} onEdit={() => setEdited(review)} />}
      </Paged>
      {written && <ReviewDialog line={written} onClose={() => setWritten(undefined)} />}
      {edited && <ReviewDialog review={edited} onClose={() => setEdited(undefined)} />}
    </>
  );
}

type CardProps = { readonly review: Own; readonly onEdit: () => void };

function Card({ review, onEdit }: CardProps) {
  const { state, stars, title, text: words, media, reply, createdAt, decisionReason } = review;
  return (
    <article className="panel flex flex-col gap-2 text-sm">
      <header className="flex flex-wrap items-center gap-3">
        <StarsShown stars={stars.product} />
        <Tag tone={TONES[state]}>{text[state]}</Tag>
        <span className="text-muted ml-auto">{day(createdAt)}</span>
      </header>
      {title && <h3 className="text-base font-bold">{title}</h3>}
      {words && <p className="whitespace-pre-line">{words}</p>}
      {decisionReason && <p className="notice">{decisionReason}</p>}
      <ul className="flex flex-wrap gap-2 empty:hidden">
        {media
          .filter(({ contentType }) => contentType.startsWith("image/"))
          .map(({ key, url }) => (
            <li key={key}>
              <img className="size-20 rounded-control object-cover" src={url} alt="" loading="lazy" />
            </li>
          ))}
      </ul>
      {reply && (
        <blockquote className="bg-sunken rounded-control p-3">
          <strong>{text.reply}</strong>
          <p className="whitespace-pre-line">{reply.text}</p>
        </blockquote>
      )}
      <Doing review={review} onEdit={onEdit} />
    </article>
  );
}

function Doing({ review, onEdit }: CardProps) {
  const { id: reviewId, state, editableUntil, productId } = review;
  const remove = useMutation({
    mutationFn: () => call("DELETE /v1/reviews/{reviewId}", { path: { reviewId } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["GET /v1/reviews/mine"] }),
  });
  const isStanding = state !== "withdrawn";
  return (
    <div className="flex flex-wrap gap-2">
      <Link className="button button-quiet button-small" to="/products/$slug" params={{ slug: productId }}>
        {text.seeProduct}
      </Link>
      {isStanding && Date.parse(editableUntil) > Date.now() && (
        <button type="button" className="button button-quiet button-small" onClick={onEdit}>
          {text.edit}
        </button>
      )}
      {isStanding && (
        <button
          type="button"
          className="button button-bad button-small"
          disabled={remove.isPending}
          onClick={() => remove.mutate()}
        >
          {text.remove}
        </button>
      )}
      <Refusal error={remove.error} />
    </div>
  );
}
