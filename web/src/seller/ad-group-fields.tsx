import type { Schemas } from "../api/schema.gen.ts";
import { currency } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import { fieldError, SelectField, TextField } from "../ui/field.tsx";
import { fieldOf } from "../ui/form.tsx";
import { MoneyField, moneyOf } from "../ui/money-field.tsx";

const text = texts({
  en: {
    name: "Name",
    bid: "Highest bid",
    bidHint: "You pay at most this, and mostly less.",
    state: "State",
    active: "Shown",
    paused: "Paused",
    titles: "Also for words of the products' titles",
    places: "Where",
    search: "Search results",
    category: "Categories",
    product: "Product pages",
  },
  id: {
    name: "Nama",
    bid: "Tawaran tertinggi",
    bidHint: "Anda membayar paling banyak ini, biasanya kurang.",
    state: "Status",
    active: "Tampil",
    paused: "Dijeda",
    titles: "Juga untuk kata pada judul produk",
    places: "Di mana",
    search: "Hasil pencarian",
    category: "Kategori",
    product: "Halaman produk",
  },
});

const PLACES = ["search", "category", "product"] as const;
type Group = Schemas["NewGroup"] & { readonly state: "active" | "paused" };
type Body = Schemas["NewGroup"];

export function groupOf(form: FormData): Body {
  const state = fieldOf(form, "state");
  const chosen = form.getAll("place").map(String);
  return {
    name: fieldOf(form, "name"),
    bid: moneyOf(form.get("bid")) ?? { minor: "0", currency },
    matchesTitles: form.get("titles") !== null,
    placements: PLACES.filter((place) => chosen.includes(place)),
    ...(state !== "" && { state: state === "paused" ? "paused" : "active" }),
  };
}

type Props = { readonly was?: Group; readonly error: unknown };

export const GroupFields = ({ was, error }: Props) => (
  <>
    <TextField
      label={text.name}
      name="name"
      maxLength={80}
      defaultValue={was?.name}
      error={fieldError(error, "body.name")}
      required
    />
    <MoneyField
      label={text.bid}
      hint={text.bidHint}
      name="bid"
      was={was?.bid}
      error={fieldError(error, "body.bid") ?? fieldError(error, "body.bid.minor")}
      required
    />
    {was && (
      <SelectField label={text.state} name="state" defaultValue={was.state}>
        <option value="active">{text.active}</option>
        <option value="paused">{text.paused}</option>
      </SelectField>
    )}
    <fieldset>
      <legend className="field-label">{text.places}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-2 text-sm">
        {PLACES.map((place) => (
          <label key={place} className="flex items-center gap-2">
            <input
              type="checkbox"
              name="place"
              value={place}
              defaultChecked={was?.placements?.includes(place) ?? true}
            />
            {text[place]}
          </label>
        ))}
      </div>
    </fieldset>
    <label className="flex items-center gap-2 text-sm">
      <input type="checkbox" name="titles" defaultChecked={was?.matchesTitles ?? true} />
      {text.titles}
    </label>
  </>
);
