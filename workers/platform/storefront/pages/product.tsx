import { toMoneyDto } from "#kernel/money";
import { open } from "#kernel/policy";
import { textIn } from "#kernel/texts";
import { type ProductPage, type ProductView, productJsonLd } from "#services/catalog/product/index";
import { formatMoney } from "./format.ts";
import { notFound } from "./not-found.tsx";
import type { Page, Place } from "./page.ts";
import type { Reading } from "./reading.ts";
import { say } from "./say.ts";

type Availability = { readonly items: readonly { readonly offerId: string; readonly available: number }[] };
type Summary = { readonly count: number; readonly mean: number | null };

/** Offers that the stock is asked about at once; the browser asks in the same slices. */
const ASKED_MAX = 100;
const DESCRIPTION_CHARS_MAX = 155;

/** The product as everybody outside is told of it, of what its page was read with. */
async function viewOf(place: Place, reading: Reading, slug: string): Promise<ProductView | undefined> {
  const page = await reading.read<ProductPage>("GET /v1/products/{idOrSlug}", { path: { idOrSlug: slug } });
  if (!page) return undefined;
  const offerIds = page.variants.flatMap(({ offers }) => offers.map(({ id }) => id));
  const slices = Array.from({ length: Math.ceil(offerIds.length / ASKED_MAX) }, (_, at) =>
    offerIds.slice(at * ASKED_MAX, (at + 1) * ASKED_MAX).join(","),
  );
  const [stock, stars] = await Promise.all([
    Promise.all(
      slices.map((ids) =>
        reading.read<Availability>("GET /v1/inventory/availability", { query: { offerIds: ids } }),
      ),
    ),
    reading.read<Summary>("GET /v1/reviews/summary", { query: { productId: page.id } }),
  ]);
  const { countries } = place.ctx.config.market;
  return {
    page,
    locale: place.locale,
    country: countries[0] ?? "",
    available: Object.fromEntries(
      stock.flatMap((slice) => slice?.items ?? []).map(({ offerId, available }) => [offerId, available]),
    ),
    rating: stars && stars.mean !== null && stars.count > 0 ? { count: stars.count, mean: stars.mean } : null,
    shipping: shippingOf(place),
  };
}

/** What a parcel costs where one price holds for all shops; price tables depend on the parcel. */
function shippingOf({ ctx }: Place): ProductView["shipping"] {
  const { currency, shipping } = ctx.market;
  const { flatMinor, freeFromMinor, minDays, maxDays, tables } = shipping;
  if (tables.length > 0) return null;
  const money = (minor: bigint) => toMoneyDto({ minor, currency });
  return {
    rate: money(flatMinor),
    freeFrom: freeFromMinor === undefined ? null : money(freeFromMinor),
    minDays,
    maxDays,
  };
}

export const product: Page = {
  path: "/products/:slug",
  policy: open,
  async write(place, reading, { params: { slug = "" } }) {
    const view = await viewOf(place, reading, slug);
    if (!view) return notFound(place);
    const title = textIn(view.page.titles, place.locale);
    const about = view.page.descriptions ? textIn(view.page.descriptions, place.locale) : title;
    const [picture] = view.page.media;
    return {
      status: 200,
      indexed: true,
      title: `${title} · Titan`,
      description: about.replace(/\s+/g, " ").slice(0, DESCRIPTION_CHARS_MAX),
      ...(picture && { image: picture.url }),
      jsonLd: [productJsonLd(view, place)],
      body: <Body place={place} view={view} title={title} about={about} />,
    };
  },
};

type BodyProps = {
  readonly place: Place;
  readonly view: ProductView;
  readonly title: string;
  readonly about: string;
};

function Body({ place, view: { page, rating }, title, about }: BodyProps) {
  const text = say(place);
  const offers = page.variants.flatMap((variant) => variant.offers);
  const [best] = offers.toSorted((a, b) => Number(BigInt(a.price.minor) - BigInt(b.price.minor)));
  return (
    <article class="product">
      <nav class="crumbs" aria-label={text.categories}>
        <a href={place.base || "/"}>{text.home}</a>
        {page.category?.breadcrumbs.map(({ slug, names }) => (
          <a href={`${place.base}/categories/${slug}`}>{textIn(names, place.locale)}</a>
        ))}
      </nav>
      <div class="product-grid">
        <div class="gallery">
          <div class="gallery-main">
            {page.media[0] && (
              <img src={page.media[0].url} alt={title} width="800" height="800" fetchpriority="high" />
            )}
          </div>
        </div>
        <div class="product-facts">
          <h1 class="product-title">{title}</h1>
          <p class="product-rating">
            {rating ? `★ ${rating.mean.toFixed(1)} · ${rating.count} ${text.reviews}` : text.noReviews}
          </p>
          <p class="product-price">{best ? formatMoney(place, best.price) : text.soldOut}</p>
          {best && (
            <p class="product-seller">
              {text.shop} <a href={`${place.base}/shops/${best.seller.slug}`}>{best.seller.name}</a>
            </p>
          )}
          <p class="product-about">{about}</p>
        </div>
      </div>
    </article>
  );
}
