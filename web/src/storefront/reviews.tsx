import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Camera, Star, ThumbsUp } from "lucide-react";
import { useState } from "react";
import { PRODUCT_TEXTS } from "#platform/storefront/pages/product-texts";
import { call } from "../api/client.ts";
import { pagesOf, queryClient, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useIsSignedIn } from "../session/session.ts";
import { count, texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Paged } from "../ui/loaded.tsx";

const text = texts({
  en: {
    ...PRODUCT_TEXTS.en,
    all: "All",
    photos: "With photos",
    of: (n: string) => `${n} stars`,
    helpful: (n: string) => `Helpful (${n})`,
    reply: "The shop replied",
    photo: "Photo of a review",
    sort: "Sort by",
    mostHelpful: "Most helpful",
    newest: "Newest",
    noneSuch: "No reviews like this.",
  },
  id: {
    ...PRODUCT_TEXTS.id,
    all: "Semua",
    photos: "Dengan foto",
    of: (n: string) => `${n} bintang`,
    helpful: (n: string) => `Membantu (${n})`,
    reply: "Balasan toko",
    photo: "Foto ulasan",
    sort: "Urutkan",
    mostHelpful: "Paling membantu",
    newest: "Terbaru",
    noneSuch: "Tidak ada ulasan seperti ini.",
  },
});

type Review = Schemas["Review"];
type Filter = { readonly stars?: number; readonly media?: string };
const PAGE = 5;
const STARS = [5, 4, 3, 2, 1];

/** What buyers say; each line was delivered to whoever wrote it. */
export function Reviews({ productId }: { readonly productId: string }) {
  const [filter, setFilter] = useState<Filter>({});
  const [sort, setSort] = useState<"helpful" | "newest">("helpful");
  const reviews = useInfiniteQuery(
    pagesOf("GET /v1/reviews", { query: { productId, sort, limit: PAGE, ...filter } }),
  );
  const summary = useQuery(queryOf("GET /v1/reviews/summary", { query: { productId } }));
  const isFiltered = filter.stars !== undefined || filter.media !== undefined;
  return (
    <section className="product-part" aria-labelledby="reviews">
      <h2 className="section-title" id="reviews">
        {text.reviews}
      </h2>
      {(summary.data?.count ?? 0) > 0 && (
        <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
          <Choices filter={filter} histogram={summary.data?.histogram ?? []} onChoose={setFilter} />
          <select
            className="input w-auto"
            aria-label={text.sort}
            value={sort}
            onChange={({ target }) => setSort(target.value === "newest" ? "newest" : "helpful")}
          >
            <option value="helpful">{text.mostHelpful}</option>
            <option value="newest">{text.newest}</option>
          </select>
        </div>
      )}
      <Paged
        query={reviews}
        keyOf={({ id }) => id}
        empty={<p className="text-muted">{isFiltered ? text.noneSuch : text.noReviews}</p>}
      >
        {(review) => <Said review={review} />}
      </Paged>
    </section>
  );
}

type ChoicesProps = {
  readonly filter: Filter;
  readonly histogram: Schemas["Summary"]["histogram"];
  readonly onChoose: (filter: Filter) => void;
};

function Choices({ filter, histogram, onChoose }: ChoicesProps) {
  const of = new Map(histogram.map(({ stars, count: n }) => [stars, n]));
  return (
    <div className="flex flex-wrap gap-2">
      <button
        type="button"
        className="chip"
        aria-pressed={filter.stars === undefined && filter.media === undefined}
        onClick={() => onChoose({})}
      >
        {text.all}
      </button>
      <button
        type="button"
        className="chip gap-1.5"
        aria-pressed={filter.media !== undefined}
        onClick={() => onChoose({ media: "true" })}
      >
        <Camera size={16} aria-hidden />
        {text.photos}
      </button>
      {STARS.filter((stars) => (of.get(stars) ?? 0) > 0).map((stars) => (
        <button
          key={stars}
          type="button"
          className="chip gap-1"
          aria-pressed={filter.stars === stars}
          onClick={() => onChoose({ stars })}
        >
          <span aria-hidden>{`★ ${stars}`}</span>
          <span className="sr-only">{text.of(count(stars))}</span>
          <span className="text-muted">{count(of.get(stars) ?? 0)}</span>
        </button>
      ))}
    </div>
  );
}

function Said({ review }: { readonly review: Review }) {
  const { author, stars, title, text: words, variantLabel, media, reply, createdAt } = review;
  const [shown, setShown] = useState<string>();
  return (
    <article className="panel">
      <p className="text-muted flex flex-wrap items-center gap-x-2 text-sm">
        <Stars of={stars.product} />
        <span className="text-ink font-semibold">{author ?? text.somebody}</span>
        <span>{day(createdAt)}</span>
        {variantLabel !== "" && <span>{variantLabel}</span>}
      </p>
      {title !== "" && <h3 className="mt-2 font-bold">{title}</h3>}
      <p className="mt-1 whitespace-pre-line">{words}</p>
      {media.length > 0 && (
        <div className="mt-3 flex flex-wrap gap-2">
          {media.map(({ key, url, contentType }) =>
            contentType.startsWith("video/") ? (
              // biome-ignore lint/a11y/useMediaCaption: buyers' videos come without captions.
              <video key={key} className="size-24 rounded-control object-cover" src={url} controls />
            ) : (
              <button key={key} type="button" aria-label={text.photo} onClick={() => setShown(url)}>
                <img
                  className="size-24 rounded-control object-cover"
                  src={url}
                  alt=""
                  width={96}
                  height={96}
                  loading="lazy"
                />
              </button>
            ),
          )}
        </div>
      )}
      {reply && (
        <div className="bg-sunken mt-3 rounded-control p-3 text-sm">
          <p className="font-semibold">{text.reply}</p>
          <p className="whitespace-pre-line">{reply.text}</p>
        </div>
      )}
      <Helpful review={review} />
      {shown !== undefined && (
        <Dialog title={text.photo} onClose={() => setShown(undefined)}>
          <img className="w-full rounded-control" src={shown} alt={title || words} />
        </Dialog>
      )}
    </article>
  );
}

const Stars = ({ of }: { readonly of: number }) => (
  <span className="text-star inline-flex">
    <span className="sr-only">{text.of(count(of))}</span>
    {STARS.toReversed().map((at) => (
      <Star key={at} size={15} fill={at <= of ? "currentColor" : "none"} aria-hidden />
    ))}
  </span>
);

/** Once a person; pressing again takes it back. */
function Helpful({ review: { id: reviewId, helpful } }: { readonly review: Review }) {
  const isSignedIn = useIsSignedIn();
  const path = { reviewId };
  const vote = useMutation({
    mutationFn: (isHelpful: boolean) =>
      isHelpful
        ? call("PUT /v1/reviews/{reviewId}/vote", { path, body: { helpful: true } })
        : call("DELETE /v1/reviews/{reviewId}/vote", { path }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["GET /v1/reviews"] }),
  });
  if (!isSignedIn)
    return helpful > 0 ? <p className="text-muted mt-3 text-sm">{text.helpful(count(helpful))}</p> : null;
  const isMine = vote.isSuccess && vote.variables;
  return (
    <button
      type="button"
      className="button button-quiet button-small mt-3"
      aria-pressed={isMine}
      disabled={vote.isPending}
      onClick={() => vote.mutate(!isMine)}
    >
      <ThumbsUp size={15} aria-hidden />
      {text.helpful(count(vote.data?.helpful ?? helpful))}
    </button>
  );
}
