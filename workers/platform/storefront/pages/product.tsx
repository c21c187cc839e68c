import { toMoneyDto } from "#kernel/money";
import { open } from "#kernel/policy";
import { type Texts, textIn } from "#kernel/texts";
import { type ProductPage, type ProductView, productJsonLd } from "#services/catalog/product/index";
import { formatDay, formatMoney } from "./format.ts";
import { notFound } from "./not-found.tsx";
import type { Page, Place } from "./page.ts";
import { PAGE_SIZES, sized, sourcesOf } from "./pictures.ts";
import { type Voices, VoicesHeard, voicesOf } from "./product-parts.tsx";
import type { Reading } from "./reading.ts";
import { say } from "./say.ts";

type Stocked = {
  readonly offerId: string;
  readonly available: number;
  readonly onShelf: number;
  readonly ahead: { readonly kind: "preorder" | "backorder"; readonly promisedAt: string | null } | null;
  readonly contents: readonly {
    readonly offerId: string;
    readonly quantity: number;
    readonly title: Texts;
    readonly slug: string;
  }[];
};
type Availability = { readonly items: readonly Stocked[] };
type Summary = { readonly count: number; readonly mean: number | null };

/** Offers that the stock is asked about at once; the browser asks in the same slices. */
const ASKED_MAX = 100;
const DESCRIPTION_CHARS_MAX = 155;

type Read = {
  readonly view: ProductView;
  readonly stock: readonly Stocked[];
  readonly voices: Voices;
};

/** The product as everybody outside is told of it, of what its page was read with. */
async function readView(place: Place, reading: Reading, slug: string): Promise<Read | undefined> {
  const page = await reading.read<ProductPage>("GET /v1/products/{idOrSlug}", { path: { idOrSlug: slug } });
  if (!page) return undefined;
  const offerIds = page.variants.flatMap(({ offers }) => offers.map(({ id }) => id));
  const slices = Array.from({ length: Math.ceil(offerIds.length / ASKED_MAX) }, (_, at) =>
    offerIds.slice(at * ASKED_MAX, (at + 1) * ASKED_MAX).join(","),
  );
  const [slicesRead, stars, voices] = await Promise.all([
    Promise.all(
      slices.map((ids) =>
        reading.read<Availability>("GET /v1/inventory/availability", { query: { offerIds: ids } }),
      ),
    ),
    reading.read<Summary>("GET /v1/reviews/summary", { query: { productId: page.id } }),
    voicesOf(reading, { productId: page.id, sellerId: bestOf(page)?.seller.id }),
  ]);
  const { countries } = place.ctx.config.market;
  const stock = slicesRead.flatMap((slice) => slice?.items ?? []);
  const view = {
    page,
    locale: place.locale,
    country: countries[0] ?? "",
    available: Object.fromEntries(stock.map(({ offerId, available }) => [offerId, available])),
    ahead: Object.fromEntries(
      stock.flatMap(({ offerId, onShelf, ahead }) => (ahead ? [[offerId, { ...ahead, onShelf }]] : [])),
    ),
    rating: stars && stars.mean !== null && stars.count > 0 ? { count: stars.count, mean: stars.mean } : null,
    shipping: shippingOf(place),
  };
  return { view, stock, voices };
}

type Priced = { readonly price: { readonly minor: string } };
type Offering<O> = { readonly variants: readonly { readonly offers: readonly O[] }[] };

/** The offer that a page begins with: the cheapest. */
function bestOf<O extends Priced>({ variants }: Offering<O>): O | undefined {
  const offers = variants.flatMap((variant) => variant.offers);
  return offers.toSorted((a, b) => Number(BigInt(a.price.minor) - BigInt(b.price.minor)))[0];
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
  module: "storefront/product.tsx",
  async write(place, reading, { params: { slug = "" } }) {
    const read = await readView(place, reading, slug);
    if (!read) return notFound(place);
    const { view } = read;
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
      body: <Body place={place} read={read} title={title} about={about} />,
    };
  },
};

type BodyProps = {
  readonly place: Place;
  readonly read: Read;
  readonly title: string;
  readonly about: string;
};

function Body({ place, read, title, about }: BodyProps) {
  const text = say(place);
  const { page, rating } = read.view;
  const best = bestOf(page);
  const stocked = read.stock.find(({ offerId }) => offerId === best?.id);
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
              <img
                src={sized(page.media[0].url, 640)}
                srcset={sourcesOf(page.media[0].url)}
                sizes={PAGE_SIZES}
                alt={title}
                width="800"
                height="800"
                fetchpriority="high"
              />
            )}
          </div>
        </div>
        <div class="product-facts">
          <h1 class="product-title">{title}</h1>
          <p class="product-rating">
            {rating ? `★ ${rating.mean.toFixed(1)} · ${rating.count} ${text.reviews}` : text.noReviews}
          </p>
          <p class="product-price">{best ? formatMoney(place, best.price) : text.soldOut}</p>
          {best?.priorPrice && <p class="product-prior">{formatMoney(place, best.priorPrice)}</p>}
          {stocked && <Coming place={place} stocked={stocked} />}
          {best && (
            <p class="product-seller">
              {text.shop} <a href={`${place.base}/shops/${best.seller.slug}`}>{best.seller.name}</a>
            </p>
          )}
        </div>
      </div>
      <p class="product-part product-about">{about}</p>
      <VoicesHeard place={place} voices={read.voices} />
    </article>
  );
}

/** What is not on the shelf but on its way, and what a bundle is made of. */
function Coming({ place, stocked }: { readonly place: Place; readonly stocked: Stocked }) {
  const text = say(place);
  const { onShelf, ahead, contents } = stocked;
  return (
    <>
      {onShelf === 0 && ahead && (
        <p class="product-ahead">
          {ahead.promisedAt === null
            ? text[ahead.kind]
            : text.promised(text[ahead.kind], formatDay(place, ahead.promisedAt))}
        </p>
      )}
      {contents.length > 0 && (
        <ul class="product-contents" aria-label={text.contents}>
          {contents.map(({ quantity, title, slug }) => (
            <li>
              {`${quantity} × `}
              <a href={`${place.base}/products/${slug}`}>{textIn(title, place.locale)}</a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
