import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { texts } from "../shell/text.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { MoneyField } from "../ui/money-field.tsx";
import { type Axis, type Combination, cmOf, keyOf, type Product, SIDES } from "./product-draft.ts";

const text = texts({
  en: {
    title: "Variants and prices",
    intro: "One thing in one form needs no options. Else name them, for instance size: S, M, L.",
    option: "Option",
    values: "Values, parted by commas",
    add: "Add an option",
    remove: "Remove the option",
    sku: "SKU",
    price: "Price",
    weight: "Weight (g)",
    length: "Length (cm)",
    width: "Width (cm)",
    height: "Height (cm)",
    box: "Length, width and height are of one in its box: carriers charge for room above the weight.",
    gtin: "Barcode (GTIN)",
    stock: "In stock",
    only: "This product",
  },
  id: {
    title: "Varian dan harga",
    intro: "Satu barang satu bentuk tidak perlu opsi. Bila perlu, beri nama, misalnya ukuran: S, M, L.",
    option: "Opsi",
    values: "Nilai, dipisah koma",
    add: "Tambah opsi",
    remove: "Hapus opsi",
    sku: "SKU",
    price: "Harga",
    weight: "Berat (g)",
    length: "Panjang (cm)",
    width: "Lebar (cm)",
    height: "Tinggi (cm)",
    box: "Panjang, lebar dan tinggi satu barang dalam kemasan: kurir menagih volume bila melebihi berat.",
    gtin: "Barcode (GTIN)",
    stock: "Stok",
    only: "Produk ini",
  },
});

const AXES_MAX = 3;
type AxesProps = { readonly axes: readonly Axis[]; readonly onChange: (axes: readonly Axis[]) => void };

/** What the product comes in: up to three options with their values. */
export function OptionFields({ axes, onChange }: AxesProps) {
  const change = (at: number, change: Partial<Axis>) =>
    onChange(axes.with(at, { ...first(axes, at), ...change }));
  return (
    <div className="form">
      {axes.map((axis, at) => (
        <div
          key={axis.code ?? `new ${at}`}
          className="grid grid-cols-[1fr_auto] items-end gap-3 sm:grid-cols-[10rem_1fr_auto]"
        >
          <TextField
            label={`${text.option} ${at + 1}`}
            value={axis.name}
            onChange={({ target }) => change(at, { name: target.value })}
          />
          <div className="max-sm:order-last max-sm:col-span-2">
            <TextField
              label={text.values}
              value={axis.values}
              onChange={({ target }) => change(at, { values: target.value })}
            />
          </div>
          <button
            type="button"
            className="button text-muted px-2.5"
            aria-label={`${text.remove} ${axis.name}`}
            onClick={() => onChange(axes.filter((_, one) => one !== at))}
          >
            <Trash2 size={18} aria-hidden />
          </button>
        </div>
      ))}
      {axes.length < AXES_MAX && (
        <button
          type="button"
          className="button button-quiet button-small self-start"
          onClick={() => onChange([...axes, { code: undefined, name: "", values: "" }])}
        >
          <Plus size={16} aria-hidden />
          {text.add}
        </button>
      )}
    </div>
  );
}

const first = (axes: readonly Axis[], at: number): Axis =>
  axes[at] ?? { code: undefined, name: "", values: "" };

type RowsProps = {
  readonly combinations: readonly Combination[];
  readonly was?: Product["variants"] | undefined;
  /** The first count is given with a new product; later it is the stock's own page that says it. */
  readonly withStock: boolean;
  readonly error: unknown;
};

/** A row for each combination: what it is called in the shop, and what it costs. */
export function VariantRows({ combinations, was = [], withStock, error }: RowsProps) {
  const known = new Map(was.map((variant) => [keyOf(variant.values), variant]));
  return (
    <ul className="divide-line divide-y">
      {combinations.map(({ key, label }, at) => {
        const variant = known.get(key);
        const bad = (field: string) => fieldError(error, `body.variants.${at}.${field}`);
        return (
          <li key={key} className="py-4">
            <fieldset>
              <legend className="mb-2 font-semibold">{label || text.only}</legend>
              <div className="grid grid-cols-2 gap-3 md:grid-cols-4">
                <TextField
                  label={text.sku}
                  name={`sku ${key}`}
                  defaultValue={variant?.offer?.sku}
                  error={bad("offer.sku") ?? bad("offer")}
                  maxLength={64}
                  required={!variant}
                />
                <MoneyField
                  label={text.price}
                  name={`price ${key}`}
                  was={variant?.offer?.price}
                  error={bad("offer.price")}
                  required={!variant}
                />
                <TextField
                  label={text.weight}
                  name={`weight ${key}`}
                  type="number"
                  min={0}
                  defaultValue={variant?.weightGrams}
                  error={bad("weightGrams")}
                />
                {withStock ? (
                  <StockField of={key} />
                ) : (
                  <TextField
                    label={text.gtin}
                    name={`gtin ${key}`}
                    inputMode="numeric"
                    defaultValue={variant?.gtin ?? ""}
                    error={bad("gtin")}
                  />
                )}
              </div>
              <MeasureFields of={key} was={variant?.measures} bad={bad} />
            </fieldset>
          </li>
        );
      })}
    </ul>
  );
}

const StockField = ({ of }: { readonly of: string }) => (
  <TextField label={text.stock} name={`stock ${of}`} type="number" min={0} defaultValue={0} />
);

const SIDE_CM_MAX = 1_000;
type MeasureProps = {
  readonly of: string;
  readonly was: Product["variants"][number]["measures"] | undefined;
  readonly bad: (field: string) => string | undefined;
};

/** The room that it takes: whoever says one side says all three. */
function MeasureFields({ of, was, bad }: MeasureProps) {
  const [sides, setSides] = useState(() => ({
    length: was ? cmOf(was.lengthMm) : "",
    width: was ? cmOf(was.widthMm) : "",
    height: was ? cmOf(was.heightMm) : "",
  }));
  const isSaid = SIDES.some((side) => sides[side] !== "");
  return (
    <div className="mt-3 grid grid-cols-3 items-end gap-3 md:w-3/4">
      {SIDES.map((side) => (
        <TextField
          key={side}
          label={text[side]}
          name={`${side} ${of}`}
          type="number"
          min={0.1}
          max={SIDE_CM_MAX}
          step={0.1}
          value={sides[side]}
          onChange={({ target }) => setSides({ ...sides, [side]: target.value })}
          error={bad(`measures.${side}Mm`)}
          required={isSaid}
        />
      ))}
    </div>
  );
}

export const VariantsHead = () => (
  <>
    <h2 className="text-lg font-bold">{text.title}</h2>
    <p className="text-muted mb-4 text-sm">
      {text.intro} {text.box}
    </p>
  </>
);
