import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Star } from "lucide-react";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { TextArea } from "../ui/field.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Reviews",
    intro: "What buyers said of your shop lately. You reply once; you may say it differently later.",
    none: "No reviews lately",
    noneText: "They appear here when buyers review what they got from you.",
    gone: "This review is no longer published.",
    stars: (n: string) => `${n} of 5 stars`,
    reply: "Reply",
    change: "Change the reply",
    words: "Your reply",
    send: "Publish the reply",
    cancel: "Not now",
    shop: "Your reply",
  },
  id: {
    title: "Ulasan",
    intro: "Kata pembeli tentang toko Anda belakangan ini. Anda membalas sekali, dan boleh mengubahnya.",
    none: "Belum ada ulasan",
    noneText: "Ulasan muncul di sini saat pembeli menilai barang dari toko Anda.",
    gone: "Ulasan ini sudah tidak ditayangkan.",
    stars: (n: string) => `${n} dari 5 bintang`,
    reply: "Balas",
    change: "Ubah balasan",
    words: "Balasan Anda",
    send: "Terbitkan balasan",
    cancel: "Nanti saja",
    shop: "Balasan Anda",
  },
});
type Review = Answer<"GET /v1/reviews/{reviewId}">;

/** The reviews that the shop's rating is made of. */
export function ReviewsPage() {
  const shop = useShop();
  const { seller } = shop;
  const query = { all: "true", limit: 10 } as const;
  const rated = useInfiniteQuery(
    pagesOf(
      "GET /v1/sellers/{sellerId}/performance/{metric}/orders",
      { path: { sellerId: seller, metric: "rating" }, query },
      shop,
    ),
  );
  return (
    <>
      <h1 className="page-title mb-2!">{text.title}</h1>
      <p className="text-muted mb-5">{text.intro}</p>
      <Paged
        query={rated}
        keyOf={({ reviewId, countedAt }) => reviewId ?? countedAt}
        empty={<Empty title={text.none} text={text.noneText} />}
      >
        {({ reviewId }) => (reviewId === null ? null : <ReviewCard reviewId={reviewId} />)}
      </Paged>
    </>
  );
}

function ReviewCard({ reviewId }: { readonly reviewId: string }) {
  const review = useQuery(queryOf("GET /v1/reviews/{reviewId}", { path: { reviewId } }, useShop()));
  if (review.error) return <p className="panel text-muted">{text.gone}</p>;
  if (!review.data) return <div className="skeleton h-32 w-full" />;
  return <Told review={review.data} />;
}

function Told({ review }: { readonly review: Review }) {
  const [isWriting, setIsWriting] = useState(false);
  const { stars, title, reply } = review;
  return (
    <article className="panel">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span role="img" aria-label={text.stars(String(stars.product))} className="text-star flex">
          {[1, 2, 3, 4, 5].map((n) => (
            <Star key={n} size={16} fill={n <= stars.product ? "currentColor" : "none"} aria-hidden />
          ))}
        </span>
        <strong>{title}</strong>
        <span className="text-muted text-sm">
          {[review.author, day(review.createdAt), review.variantLabel].filter(Boolean).join(", ")}
        </span>
      </header>
      <p className="mt-2 whitespace-pre-line">{review.text}</p>
      <ul className="mt-3 flex gap-2 empty:hidden">
        {review.media.map(({ key, url, contentType }) =>
          contentType.startsWith("image/") ? (
            <li key={key}>
              <img src={url} alt="" width={72} height={72} className="size-18 rounded-control object-cover" />
            </li>
          ) : null,
        )}
      </ul>
      {reply && !isWriting && (
        <div className="border-brand mt-3 border-l-2 pl-3">
          <strong className="text-sm">{text.shop}</strong>
          <p className="whitespace-pre-line">{reply.text}</p>
        </div>
      )}
      {isWriting ? (
        <ReplyForm review={review} onDone={() => setIsWriting(false)} />
      ) : (
        <button
          type="button"
          className="button button-quiet button-small mt-3"
          onClick={() => setIsWriting(true)}
        >
          {reply ? text.change : text.reply}
        </button>
      )}
    </article>
  );
}

type ReplyProps = { readonly review: Review; readonly onDone: () => void };

function ReplyForm({ review, onDone }: ReplyProps) {
  const save = useCommand("PUT /v1/reviews/{reviewId}/reply", {
    forget: ["GET /v1/reviews/{reviewId}"],
    onDone,
  });
  return (
    <form
      className="form mt-3"
      onSubmit={(event) => {
        event.preventDefault();
        const words = String(new FormData(event.currentTarget).get("words") ?? "").trim();
        save.mutate({ path: { reviewId: review.id }, body: { text: words } });
      }}
    >
      <TextArea
        label={text.words}
        name="words"
        defaultValue={review.reply?.text}
        maxLength={2_000}
        required
        autoFocus
      />
      <Refusal error={save.error} />
      <div className="flex gap-3">
        <button type="submit" className="button button-primary button-small" disabled={save.isPending}>
          {text.send}
        </button>
        <button type="button" className="button button-quiet button-small" onClick={onDone}>
          {text.cancel}
        </button>
      </div>
    </form>
  );
}
