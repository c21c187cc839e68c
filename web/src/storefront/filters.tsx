import { MapPin } from "lucide-react";
import { useState } from "react";
import type { Schemas } from "../api/schema.gen.ts";
import { currency } from "../live/currency.ts";
import { count, money, texts } from "../shell/text.ts";
import type { SearchFilters } from "./routes.ts";

const text = texts({
  en: {
    filters: "Filters",
    category: "Category",
    brand: "Brand",
    shop: "Shop",
    price: "Price",
    from: "From",
    to: "To",
    apply: "Apply",
    rating: "Rating",
    stars: (n: string) => `${n} stars and up`,
    stock: "In stock only",
    near: "Near me",
    within: (km: string) => `Within ${km} km`,
    nowhere: "Your device did not say where you are.",
    clear: "Clear all",
    range: (from: string, to: string) => `${from} to ${to}`,
  },
  id: {
    filters: "Filter",
    category: "Kategori",
    brand: "Merek",
    shop: "Toko",
    price: "Harga",
    from: "Dari",
    to: "Sampai",
    apply: "Terapkan",
    rating: "Penilaian",
    stars: (n: string) => `${n} bintang ke atas`,
    stock: "Hanya yang tersedia",
    near: "Dekat saya",
    within: (km: string) => `Dalam ${km} km`,
    nowhere: "Perangkat Anda tidak memberi tahu lokasinya.",
    clear: "Hapus semua",
    range: (from: string, to: string) => `${from} sampai ${to}`,
  },
});

export type Choose = (change: SearchFilters) => void;
type Facets = Schemas["Results"]["facets"];
type Named = ReadonlyMap<string, string>;
type Props = {
  readonly filters: SearchFilters;
  readonly facets: Facets;
  readonly categories: Named;
  readonly shops: Named;
  readonly onChoose: Choose;
};
const SHOWN = 8;
const STARS = [4, 3];
const RADII_KM = [10, 25, 100];
/** Nobody's house can be told by it. */
const PLACE_DIGITS = 2;

/** All that narrows a search; each value says how many it leaves. */
export function Filters({ filters, facets, categories, shops, onChoose }: Props) {
  const isSet = Object.entries(filters).some(([name, value]) => name !== "q" && name !== "sort" && value);
  return (
    <div className="flex flex-col gap-6 text-sm">
      <Facet
        title={text.category}
        values={facets.categories}
        names={categories}
        chosen={filters.category}
        onChoose={(category) => onChoose({ category })}
      />
      <Facet
        title={text.brand}
        values={facets.brands}
        chosen={filters.brand}
        onChoose={(brand) => onChoose({ brand })}
      />
      <Facet
        title={text.shop}
        values={facets.sellers}
        names={shops}
        chosen={filters.seller}
        onChoose={(seller) => onChoose({ seller })}
      />
      <PriceRange filters={filters} price={facets.price} onChoose={onChoose} />
      <fieldset className="flex flex-col gap-2">
        <legend className="field-label">{text.rating}</legend>
        {STARS.map((stars) => (
          <Check
            key={stars}
            label={text.stars(count(stars))}
            isOn={filters.ratingMin === String(stars)}
            onChange={(isOn) => onChoose({ ratingMin: isOn ? String(stars) : undefined })}
          />
        ))}
        <Check
          label={text.stock}
          isOn={filters.inStock === "true"}
          onChange={(isOn) => onChoose({ inStock: isOn ? "true" : undefined })}
        />
      </fieldset>
      <Near filters={filters} onChoose={onChoose} />
      {isSet && (
        <button
          type="button"
          className="button button-quiet button-small"
          onClick={() => onChoose(Object.fromEntries(NARROWING.map((name) => [name, undefined])))}
        >
          {text.clear}
        </button>
      )}
    </div>
  );
}

const NARROWING = [
  ...["category", "brand", "seller", "priceMin", "priceMax", "ratingMin", "inStock", "near", "radiusKm"],
];

type CheckProps = {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
};

const Check = ({ label, isOn, onChange }: CheckProps) => (
  <label className="flex min-h-6 items-center gap-2.5">
    <input
      type="checkbox"
      className="accent-brand size-4"
      checked={isOn}
      onChange={({ target }) => onChange(target.checked)}
    />
    <span className="min-w-0">{label}</span>
  </label>
);

type FacetProps = {
  readonly title: string;
  readonly values: Facets["brands"];
  /** Where values are ids: what is not named here is not shown. */
  readonly names?: Named;
  readonly chosen: string | undefined;
  readonly onChoose: (value: string | undefined) => void;
};

function Facet({ title, values, names, chosen, onChoose }: FacetProps) {
  const named = values.flatMap(({ value, count: of }) => {
    const name = names ? names.get(value) : value;
    return name === undefined ? [] : [{ value, of, name }];
  });
  if (named.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="field-label">{title}</legend>
      {named.slice(0, SHOWN).map(({ value, of, name }) => (
        <Check
          key={value}
          label={`${name} (${count(of)})`}
          isOn={chosen === value}
          onChange={(isOn) => onChoose(isOn ? value : undefined)}
        />
      ))}
    </fieldset>
  );
}

/** The market's currencies all have cents; people type whole amounts. */
const CENTS = "00";
const whole = (minor: string | undefined): string => (minor ?? "").slice(0, -CENTS.length);
const minorOf = (typed: FormDataEntryValue | null): string | undefined => {
  const digits = String(typed ?? "").replace(/\D/g, "");
  return digits === "" ? undefined : `${digits}${CENTS}`;
};

type PriceProps = Pick<Props, "filters" | "onChoose"> & { readonly price: Facets["price"] };

function PriceRange({
  filters: { priceMin, priceMax },
  price: { minMinor, maxMinor },
  onChoose,
}: PriceProps) {
  return (
    <form
      key={`${priceMin} ${priceMax}`}
      action={(form) => onChoose({ priceMin: minorOf(form.get("from")), priceMax: minorOf(form.get("to")) })}
    >
      <fieldset>
        <legend className="field-label">{text.price}</legend>
        {minMinor !== null && maxMinor !== null && (
          <p className="text-muted mb-2 text-xs">
            {text.range(money({ minor: minMinor, currency }), money({ minor: maxMinor, currency }))}
          </p>
        )}
        <div className="flex gap-2">
          <input
            className="input"
            name="from"
            inputMode="numeric"
            aria-label={text.from}
            placeholder={text.from}
            defaultValue={whole(priceMin)}
          />
          <input
            className="input"
            name="to"
            inputMode="numeric"
            aria-label={text.to}
            placeholder={text.to}
            defaultValue={whole(priceMax)}
          />
        </div>
        <button type="submit" className="button button-quiet button-small mt-2 w-full">
          {text.apply}
        </button>
      </fieldset>
    </form>
  );
}

/** Asks the device where it is only when the person wants it, and keeps it to a kilometre. */
function Near({ filters: { near, radiusKm }, onChoose }: Pick<Props, "filters" | "onChoose">) {
  const [error, setError] = useState<Error>();
  const ask = () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) =>
        onChoose({
          near: `${latitude.toFixed(PLACE_DIGITS)},${longitude.toFixed(PLACE_DIGITS)}`,
          radiusKm: String(RADII_KM[1]),
          sort: "nearest",
        }),
      () => setError(new Error(text.nowhere)),
    );
  const forget = { near: undefined, radiusKm: undefined, sort: undefined };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="field-label">{text.near}</legend>
      {near === undefined ? (
        <button type="button" className="button button-quiet button-small" onClick={ask}>
          <MapPin size={16} aria-hidden />
          {text.near}
        </button>
      ) : (
        RADII_KM.map((km) => (
          <Check
            key={km}
            label={text.within(count(km))}
            isOn={radiusKm === String(km)}
            onChange={(isOn) => onChoose(isOn ? { radiusKm: String(km) } : forget)}
          />
        ))
      )}
      {error && (
        <p className="text-bad text-xs" role="alert">
          {error.message}
        </p>
      )}
    </fieldset>
  );
}
