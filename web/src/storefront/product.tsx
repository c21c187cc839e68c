import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { PAGE_SIZES, sized, sourcesOf } from "#platform/storefront/pages/pictures";
import { TEXTS } from "#platform/storefront/pages/texts";
import { ApiError } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { Broken } from "../shell/missing.tsx";
import { count, day, money, said, texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { useAddToCart } from "./cart-state.ts";
import { Delivery } from "./delivery.tsx";
import { addedToCart, sawProduct } from "./events.ts";
import { Questions } from "./questions.tsx";
import { Reviews } from "./reviews.tsx";
import { ShopCard } from "./shop-card.tsx";
import { Similar } from "./similar.tsx";

const text = texts({
  en: {
    ...TEXTS.en,
    left: (n: string) => `Only ${n} left`,
    add: "Add to cart",
    adding: "Adding…",
    added: "It is in your cart.",
    toCart: "Go to the cart",
    offers: "Sold by",
    quantity: "Quantity",
    more: "More",
    fewer: "Fewer",
    picture: (n: string) => `Picture ${n}`,
  },
  id: {
    ...TEXTS.id,
    left: (n: string) => `Tinggal ${n}`,
    add: "Masukkan keranjang",
    adding: "Memasukkan…",
    added: "Sudah ada di keranjang Anda.",
    toCart: "Lihat keranjang",
    offers: "Dijual oleh",
    quantity: "Jumlah",
    more: "Tambah",
    fewer: "Kurangi",
    picture: (n: string) => `Gambar ${n}`,
  },
});

type Page = Schemas["ProductPage"];
type Variant = Page["variants"][number];
const FEW = 5;
/** Offers that the stock is asked about at once, in the slices that the first HTML came with. */
const ASKED_MAX = 100;

const route = getRouteApi("/products/$slug");

/** Reads what its first HTML was written from (workers/platform/storefront/pages/product.tsx). */
export function ProductPage() {
  const { slug } = route.useParams();
  const found = useQuery(queryOf("GET /v1/products/{idOrSlug}", { path: { idOrSlug: slug } }));
  if (found.error) return <Broken error={found.error} reset={() => void found.refetch()} />;
  if (!found.data) return <div className="skeleton aspect-square w-full md:w-1/2" aria-busy />;
  return <Product key={found.data.id} page={found.data} />;
}

function Product({ page }: { readonly page: Page }) {
  const title = said(page.titles);
  useTitle(title);
  const productId = page.id;
  const sellerId = cheapestOf(page.variants)?.seller.id;
  useEffect(() => sawProduct(productId, sellerId), [productId, sellerId]);
  return (
    <article className="product">
      <nav className="crumbs" aria-label={text.categories}>
        <Link to="/">{text.home}</Link>
        {page.category?.breadcrumbs.map((crumb) => (
          <Link key={crumb.id} to="/categories/$slug" params={{ slug: crumb.slug }}>
            {said(crumb.names)}
          </Link>
        ))}
      </nav>
      <div className="product-grid">
        <Gallery media={page.media} title={title} />
        <div className="product-facts">
          <h1 className="product-title">{title}</h1>
          <Rating productId={page.id} />
          <Buying page={page} />
        </div>
      </div>
      <p className="product-part product-about">{said(page.descriptions) || title}</p>
      <Reviews productId={productId} />
      <Questions productId={productId} />
      <Similar productId={productId} />
    </article>
  );
}

function Gallery({ media, title }: { readonly media: Page["media"]; readonly title: string }) {
  const [at, setAt] = useState(0);
  const shown = media[at];
  return (
    <div className="gallery">
      <div className="gallery-main">
        {shown && (
          <img
            src={sized(shown.url, 640)}
            srcSet={sourcesOf(shown.url)}
            sizes={PAGE_SIZES}
            alt={title}
            width={800}
            height={800}
            fetchPriority="high"
          />
        )}
      </div>
      {media.length > 1 && (
        <div className="gallery-more">
          {media.map(({ id, url }, index) => (
            <button
              key={id}
              type="button"
              className="gallery-thumb"
              aria-pressed={index === at}
              aria-label={text.picture(count(index + 1))}
              onClick={() => setAt(index)}
            >
              <img src={sized(url, 160)} alt="" width={64} height={64} loading="lazy" />
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function Rating({ productId }: { readonly productId: string }) {
  const { data } = useQuery(queryOf("GET /v1/reviews/summary", { query: { productId } }));
  const isRated = data && data.mean !== null && data.count > 0;
  return (
    <p className="product-rating">
      {isRated ? `★ ${data.mean?.toFixed(1)} · ${data.count} ${text.reviews}` : text.noReviews}
    </p>
  );
}

const cheapest = ({ offers }: Variant) =>
  offers.toSorted((a, b) => Number(BigInt(a.price.minor) - BigInt(b.price.minor)))[0];

function cheapestVariant(variants: Page["variants"]): Variant | undefined {
  const priced = variants.flatMap((variant) => {
    const best = cheapest(variant);
    return best ? [{ variant, minor: BigInt(best.price.minor) }] : [];
  });
  return priced.toSorted((a, b) => Number(a.minor - b.minor))[0]?.variant;
}

/** By its options, in the page's language; the label is in the market's. */
const variantName = ({ options }: Page, { values, label }: Pick<Variant, "values" | "label">): string => {
  const names = options.map((option) =>
    said(option.values.find(({ code }) => code === values[option.code])?.names),
  );
  return names.includes("") || names.length === 0 ? label : names.join(" / ");
};

/** Of all variants: whom the first HTML names as the shop. */
const cheapestOf = (variants: Page["variants"]) => {
  const variant = cheapestVariant(variants);
  return variant && cheapest(variant);
};

function Buying({ page }: { readonly page: Page }) {
  const [variantId, setVariantId] = useState(() => cheapestVariant(page.variants)?.id);
  const [offerId, setOfferId] = useState<string>();
  const variant = page.variants.find(({ id }) => id === variantId) ?? page.variants[0];
  const offers = variant?.offers ?? [];
  const offer = offers.find(({ id }) => id === offerId) ?? (variant && cheapest(variant));
  const all = page.variants.flatMap((one) => one.offers.map(({ id }) => id));
  const slice = Math.floor(Math.max(0, all.indexOf(offer?.id ?? "")) / ASKED_MAX) * ASKED_MAX;
  const offerIds = all.slice(slice, slice + ASKED_MAX).join(",");
  const stock = useQuery({
    ...queryOf("GET /v1/inventory/availability", { query: { offerIds } }),
    enabled: offer !== undefined,
  });
  const stocked = stock.data?.items.find((item) => item.offerId === offer?.id);
  const available = stocked?.available;
  return (
    <>
      <Told offer={offer} stocked={stocked} />
      {page.variants.length > 1 && (
        <div className="mt-5 flex flex-wrap gap-2">
          {page.variants.map(({ id, ...one }) => (
            <button
              key={id}
              type="button"
              className="chip"
              aria-pressed={id === variant?.id}
              onClick={() => setVariantId(id)}
            >
              {variantName(page, one)}
            </button>
          ))}
        </div>
      )}
      {offers.length > 1 && (
        <fieldset className="panel mt-5 flex flex-col gap-2">
          <legend className="field-label">{text.offers}</legend>
          {offers.map(({ id, seller, price }) => (
            <label key={id} className="flex items-center gap-3">
              <input type="radio" name="offer" checked={id === offer?.id} onChange={() => setOfferId(id)} />
              <span className="flex-1">{`${seller.name} · ${seller.city}`}</span>
              <strong className="tabular-nums">{money(price)}</strong>
            </label>
          ))}
        </fieldset>
      )}
      {available !== undefined && available > 0 && available <= FEW && (
        <p className="text-deal mt-3 text-sm font-semibold">{text.left(count(available))}</p>
      )}
      {offer && <AddToCart productId={page.id} offer={offer} isSoldOut={available === 0} />}
      {offer && <Delivery offerId={offer.id} />}
      {offer && <ShopCard seller={offer.seller} />}
    </>
  );
}

type Stocked = Schemas["Availability"]["items"][number];
type Offer = Variant["offers"][number];
type ToldProps = { readonly offer: Offer | undefined; readonly stocked: Stocked | undefined };

/** As the first HTML has it, for the offer that is chosen. */
const Told = ({ offer, stocked }: ToldProps) => (
  <>
    <p className="product-price">{offer ? money(offer.price) : text.soldOut}</p>
    {offer?.priorPrice && <p className="product-prior">{money(offer.priorPrice)}</p>}
    {stocked && <Coming stocked={stocked} />}
    {offer && (
      <p className="product-seller">
        {text.shop}{" "}
        <Link to="/shops/$slug" params={{ slug: offer.seller.slug }}>
          {offer.seller.name}
        </Link>
      </p>
    )}
  </>
);

/** What is not on the shelf but on its way, and what a bundle is made of. */
function Coming({ stocked: { onShelf, ahead, contents } }: { readonly stocked: Stocked }) {
  return (
    <>
      {onShelf === 0 && ahead && (
        <p className="product-ahead">
          {ahead.promisedAt === null
            ? text[ahead.kind]
            : text.promised(text[ahead.kind], day(ahead.promisedAt))}
        </p>
      )}
      {contents.length > 0 && (
        <ul className="product-contents" aria-label={text.contents}>
          {contents.map(({ offerId, quantity, title, slug }) => (
            <li key={offerId}>
              {`${quantity} × `}
              <Link to="/products/$slug" params={{ slug }}>
                {said(title)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type AddProps = { readonly productId: string; readonly offer: Offer; readonly isSoldOut: boolean };

function AddToCart({ productId, offer: { id: offerId, seller }, isSoldOut }: AddProps) {
  const add = useAddToCart();
  const told = { productId, offerId, quantity: 1, sellerId: seller.id };
  const refusal = add.error instanceof ApiError ? add.error.title : undefined;
  return (
    <div className="mt-5 flex flex-wrap items-center gap-3">
      <button
        type="button"
        className="button button-primary max-sm:w-full"
        disabled={isSoldOut || add.isPending}
        onClick={() => add.mutate({ offerId, quantity: 1 }, { onSuccess: () => addedToCart(told) })}
      >
        {isSoldOut ? text.soldOut : add.isPending ? text.adding : text.add}
      </button>
      <p className="text-sm" role="status">
        {add.isSuccess && (
          <>
            {text.added}{" "}
            <Link className="text-brand font-semibold" to="/cart">
              {text.toCart}
            </Link>
          </>
        )}
        {add.error && <span className="text-bad">{refusal || add.error.message}</span>}
      </p>
    </div>
  );
}
