import type { Answer, Input } from "../api/client.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { said } from "../shell/text.ts";
import { fieldOf } from "../ui/form.tsx";
import { moneyOf } from "../ui/money-field.tsx";

export type Product = Answer<"GET /v1/products/{productId}/draft">;
type Variant = NonNullable<Input<"POST /v1/products">["body"]["variants"]>[number];

/** What a product comes in, while it is being edited: a name, and values parted by commas. */
export type Axis = { readonly code: string | undefined; readonly name: string; readonly values: string };
/** One combination of values; its key finds its fields in the form. */
export type Combination = { readonly key: string; readonly label: string; readonly values: Values };
type Values = { readonly [code: string]: string };

/** `Biru tua` as codes are written: `biru_tua`. */
const codeOf = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
const namesIn = (values: string): readonly string[] => [
  ...new Set(
    values
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean),
  ),
];
/** A name in one language serves both until somebody translates it. */
const both = (name: string) => ({ en: name, id: name });

export const axesOf = (options: Product["options"]): readonly Axis[] =>
  options.map(({ code, names, values }) => ({
    code,
    name: said(names),
    values: values.map((value) => said(value.names)).join(", "),
  }));

/** The options as the API has them; what was there keeps its code and its names in both languages. */
export function optionsOf(axes: readonly Axis[], before: Product["options"] = []): Product["options"] {
  return axes.flatMap(({ code: known, name, values }) => {
    const code = known ?? codeOf(name);
    const was = before.find((one) => one.code === code);
    const placed = namesIn(values).map((value) => {
      const old = was?.values.find(({ names }) => said(names) === value);
      return old ?? { code: codeOf(value), names: both(value) };
    });
    if (code === "" || placed.length === 0) return [];
    return [{ code, names: was && said(was.names) === name ? was.names : both(name), values: placed }];
  });
}

/** Every combination of the options' values; a product without options is one. */
export function combine(options: Product["options"]): readonly Combination[] {
  return options.reduce<readonly Combination[]>(
    (all, option) =>
      all.flatMap(({ label, values }) =>
        option.values.map(({ code, names }) => {
          const next = { ...values, [option.code]: code };
          return { key: keyOf(next), label: [label, said(names)].filter(Boolean).join(" / "), values: next };
        }),
      ),
    [{ key: "", label: "", values: {} }],
  );
}
export const keyOf = (values: Values): string =>
  Object.entries(values)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map((entry) => entry.join("="))
    .join(",");

/** What the rows of the form say of each combination. */
export function variantsOf(combinations: readonly Combination[], form: FormData): readonly Variant[] {
  return combinations.map(({ key, values }) => {
    const price = moneyOf(form.get(`price ${key}`));
    const sku = fieldOf(form, `sku ${key}`);
    const weightGrams = Number(form.get(`weight ${key}`) ?? 0);
    const gtin = fieldOf(form, `gtin ${key}`);
    const measures = measuresOf(key, form);
    return {
      values,
      ...(weightGrams > 0 && { weightGrams }),
      measures,
      ...(gtin !== "" && { gtin }),
      ...(price && sku !== "" && { offer: { sku, price } }),
    };
  });
}

export const SIDES = ["length", "width", "height"] as const;
const MM_PER_CM = 10;
/** What is kept in millimetres, as people say it. */
export const cmOf = (mm: number): string => String(mm / MM_PER_CM);

/** The three sides of its box, or that nobody says them any more. */
function measuresOf(key: string, form: FormData): Product["variants"][number]["measures"] {
  const mm = (side: string) => Math.round(Number(form.get(`${side} ${key}`) || 0) * MM_PER_CM);
  const [lengthMm, widthMm, heightMm] = [mm("length"), mm("width"), mm("height")];
  return lengthMm + widthMm + heightMm === 0 ? null : { lengthMm, widthMm, heightMm };
}

type Attribute = Schemas["AttributeDef"];

/** What the category's template asks of a product, from the form. */
export function attributesOf(template: readonly Attribute[], form: FormData): Product["attributes"] {
  return Object.fromEntries(
    template.flatMap(({ code, type }): readonly (readonly [string, string | number | boolean])[] => {
      const typed = fieldOf(form, `attribute ${code}`);
      if (type === "boolean") return [[code, typed === "on"]];
      if (typed === "") return [];
      return [[code, type === "number" ? Number(typed.replace(",", ".")) : typed]];
    }),
  );
}

/** Title and words in both languages; the other one may be left out. */
export function wordsOf(form: FormData) {
  const texts = (name: string) => {
    const [en, id] = [fieldOf(form, `${name} en`), fieldOf(form, `${name} id`)];
    if (en === "" && id === "") return null;
    return { en: en || id, ...((id || en) && { id: id || en }) };
  };
  return {
    titles: texts("title") ?? { en: "" },
    descriptions: texts("description"),
    brand: fieldOf(form, "brand") || null,
    mpn: fieldOf(form, "mpn") || null,
  };
}
