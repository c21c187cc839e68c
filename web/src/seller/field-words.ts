import type { Schemas } from "../api/schema.gen.ts";
import { count, texts } from "../shell/text.ts";

const fields = texts({
  en: {
    titles: "Title",
    descriptions: "Description",
    attributes: "Attribute",
    options: "Option",
    variants: "Variant",
    offers: "Offer",
    pictures: "Picture",
    categoryId: "Category",
    slug: "Address of the page",
    brand: "Brand",
    mpn: "Manufacturer's number",
    gtin: "GTIN",
    weightGrams: "Weight in grams",
    measures: "Measures in its box",
    archived: "Off sale",
    sku: "SKU",
    state: "State",
    price: "Price",
    minQuantity: "Least quantity",
    stepQuantity: "Step of quantity",
    maxQuantity: "Most quantity",
    en: "English",
    id: "Indonesian",
    only: "",
  },
  id: {
    titles: "Judul",
    descriptions: "Deskripsi",
    attributes: "Atribut",
    options: "Opsi",
    variants: "Varian",
    offers: "Penawaran",
    pictures: "Foto",
    categoryId: "Kategori",
    slug: "Alamat halaman",
    brand: "Merek",
    mpn: "Nomor produsen",
    gtin: "GTIN",
    weightGrams: "Berat dalam gram",
    measures: "Ukuran kemasan",
    archived: "Tidak dijual",
    sku: "SKU",
    state: "Status",
    price: "Harga",
    minQuantity: "Jumlah minimal",
    stepQuantity: "Kelipatan jumlah",
    maxQuantity: "Jumlah maksimal",
    en: "bahasa Inggris",
    id: "bahasa Indonesia",
    only: "",
  },
});
const isKnown = (name: string): name is keyof typeof fields => Object.hasOwn(fields, name);

/** `titles.en` as a shop calls it; what it named itself, and what comes later, stands as it is. */
export const sayField = (path: string): string =>
  path
    .split(".")
    .filter((part) => !part.startsWith("slr_"))
    .map((part) => (isKnown(part) ? fields[part] : part))
    .filter((part) => part !== "")
    .join(" · ");

type Measures = NonNullable<Schemas["Product"]["variants"][number]["measures"]>;
const MM_PER_CM = 10;

/** `30 × 20 × 12.5 cm`, of what a change names as measures; another value is left to whoever shows it. */
export function sayMeasures(path: string, value: unknown): string | undefined {
  if (!path.endsWith(".measures") || typeof value !== "object" || value === null) return undefined;
  const { lengthMm, widthMm, heightMm } = value as Measures;
  return `${[lengthMm, widthMm, heightMm].map((mm) => count(mm / MM_PER_CM)).join(" × ")} cm`;
}
