import { momentIn } from "./live.tsx";
import type { Place } from "./page.ts";
import { PRODUCT_TEXTS } from "./product-texts.ts";
import type { Reading } from "./reading.ts";

type Review = {
  readonly id: string;
  readonly author: string | null;
  readonly stars: { readonly product: number };
  readonly title: string;
  readonly text: string;
  readonly createdAt: string;
};
type Question = {
  readonly id: string;
  readonly text: string;
  readonly answers: readonly { readonly id: string; readonly text: string }[];
};
type List<T> = { readonly items: readonly T[] };
export type Voices = { readonly reviews: readonly Review[]; readonly questions: readonly Question[] };

/** What the browser asks for as well (web/src/storefront/reviews.tsx, questions.tsx, shop-card.tsx). */
const REVIEWS = { limit: 5, sort: "helpful" };
const QUESTIONS = { limit: 5 };
const VOUCHERS = { limit: 3 };

type Of = { readonly productId: string; readonly sellerId: string | undefined };

/** What people say of a product, and what its shop offers beside it. */
export async function voicesOf(reading: Reading, { productId, sellerId }: Of): Promise<Voices> {
  const [reviews, questions] = await Promise.all([
    reading.read<List<Review>>("GET /v1/reviews", { query: { productId, ...REVIEWS } }),
    reading.read<List<Question>>("GET /v1/questions", { query: { productId, ...QUESTIONS } }),
    sellerId && reading.read("GET /v1/vouchers/collectable", { query: { sellerId, ...VOUCHERS } }),
  ]);
  return { reviews: reviews?.items ?? [], questions: questions?.items ?? [] };
}

export function VoicesHeard({ place, voices }: { readonly place: Place; readonly voices: Voices }) {
  const text = PRODUCT_TEXTS[place.locale];
  return (
    <>
      <section class="product-part" aria-labelledby="reviews">
        <h2 class="section-title" id="reviews">
          {text.reviews}
        </h2>
        {voices.reviews.length === 0 && <p class="text-muted">{text.noReviews}</p>}
        <ul class="list">
          {voices.reviews.map(({ author, stars, title, text: words, createdAt }) => (
            <li class="panel">
              <p>
                {"★".repeat(stars.product)} {author ?? text.somebody} · {momentIn(place, createdAt)}
              </p>
              <p>{title}</p>
              <p>{words}</p>
            </li>
          ))}
        </ul>
      </section>
      <section class="product-part" aria-labelledby="questions">
        <h2 class="section-title" id="questions">
          {text.questions}
        </h2>
        {voices.questions.length === 0 && <p class="text-muted">{text.noQuestions}</p>}
        <ul class="list">
          {voices.questions.map(({ text: asked, answers }) => (
            <li class="panel">
              <p>{asked}</p>
              {answers.map(({ text: answer }) => (
                <p>{answer}</p>
              ))}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
