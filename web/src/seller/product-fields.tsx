import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { locale } from "../shell/page.ts";
import { said, texts } from "../shell/text.ts";
import { fieldError, SelectField, TextArea, TextField } from "../ui/field.tsx";
import type { Product } from "./product-draft.ts";

const text = texts({
  en: {
    title: "Title",
    description: "Description",
    english: "English",
    indonesian: "Indonesian",
    other: (language: string) => `In ${language} too`,
    category: "Category",
    choose: "Choose a category",
    brand: "Brand",
    mpn: "Manufacturer's number",
    attributes: "What buyers filter by",
    nothing: "–",
  },
  id: {
    title: "Judul",
    description: "Deskripsi",
    english: "Inggris",
    indonesian: "Indonesia",
    other: (language: string) => `Juga dalam bahasa ${language}`,
    category: "Kategori",
    choose: "Pilih kategori",
    brand: "Merek",
    mpn: "Nomor produsen",
    attributes: "Yang dipakai pembeli untuk menyaring",
    nothing: "–",
  },
});

type Words = Pick<Product, "titles" | "descriptions" | "brand" | "mpn">;
type WordsProps = { readonly was?: Words | undefined; readonly error: unknown };
const OTHER = locale === "en" ? "id" : "en";
const OTHER_NAME = OTHER === "en" ? text.english : text.indonesian;

/** Title and words, first in the page's language. */
export function WordFields({ was, error }: WordsProps) {
  const title = (language: "en" | "id") => ({
    name: `title ${language}`,
    defaultValue: was?.titles[language],
    maxLength: 200,
  });
  const about = (language: "en" | "id") => ({
    name: `description ${language}`,
    defaultValue: was?.descriptions?.[language],
    maxLength: 10_000,
  });
  return (
    <>
      <TextField
        label={text.title}
        {...title(locale)}
        error={fieldError(error, "body.titles.en") ?? fieldError(error, "body.titles.id")}
        required
      />
      <TextArea label={text.description} rows={6} {...about(locale)} />
      <details>
        <summary className="text-brand cursor-pointer text-sm font-semibold">
          {text.other(OTHER_NAME)}
        </summary>
        <div className="form mt-3">
          <TextField label={`${text.title} (${OTHER_NAME})`} {...title(OTHER)} />
          <TextArea label={`${text.description} (${OTHER_NAME})`} rows={6} {...about(OTHER)} />
        </div>
      </details>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={text.brand}
          name="brand"
          defaultValue={was?.brand ?? ""}
          error={fieldError(error, "body.brand")}
        />
        <TextField
          label={text.mpn}
          name="mpn"
          defaultValue={was?.mpn ?? ""}
          error={fieldError(error, "body.mpn")}
        />
      </div>
    </>
  );
}

type CategoryProps = {
  readonly value: string;
  readonly onChoose: (id: string) => void;
  readonly error: unknown;
};
type Node = Answer<"GET /v1/categories">["items"][number];

/** The tree as one list, each below what it belongs to. */
export function CategoryField({ value, onChoose, error }: CategoryProps) {
  const tree = useQuery(queryOf("GET /v1/categories", {}));
  const items = tree.data?.items ?? [];
  return (
    <SelectField
      label={text.category}
      value={value}
      onChange={({ target }) => onChoose(target.value)}
      error={fieldError(error, "body.categoryId")}
      required
    >
      <option value="">{text.choose}</option>
      {below(items, null).map(({ id, names, depth }) => (
        <option key={id} value={id}>
          {"\u2003".repeat(depth)}
          {said(names)}
        </option>
      ))}
    </SelectField>
  );
}

function below(items: readonly Node[], parentId: string | null): readonly Node[] {
  return items
    .filter((one) => one.parentId === parentId)
    .toSorted((a, b) => a.position - b.position)
    .flatMap((one) => [one, ...below(items, one.id)]);
}

type Attribute = Schemas["AttributeDef"];
type AttributeProps = {
  readonly template: readonly Attribute[];
  readonly was?: Product["attributes"] | undefined;
  readonly error: unknown;
};

/** What the category asks for; what parts variants is asked with the variants. */
export function AttributeFields({ template, was = {}, error }: AttributeProps) {
  if (template.length === 0) return null;
  return (
    <fieldset>
      <legend className="mb-3 font-bold">{text.attributes}</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        {template.map((one) => (
          <AttributeField key={one.code} one={one} was={was[one.code]} error={error} />
        ))}
      </div>
    </fieldset>
  );
}

type OneProps = {
  readonly one: Attribute;
  readonly was: string | number | boolean | undefined;
  readonly error: unknown;
};

function AttributeField({ one, was, error }: OneProps): ReactNode {
  const { code, names, type, unit, values = [], required } = one;
  const given = {
    name: `attribute ${code}`,
    label: unit ? `${said(names)} (${unit})` : said(names),
    error: fieldError(error, `body.attributes.${code}`),
    required,
  };
  if (type === "boolean") {
    return (
      <label className="flex items-center gap-2.5 self-end pb-2 text-sm font-semibold">
        <input
          type="checkbox"
          name={given.name}
          defaultChecked={was === true}
          className="accent-brand size-4"
        />
        {given.label}
      </label>
    );
  }
  if (type === "enum") {
    return (
      <SelectField {...given} defaultValue={String(was ?? "")}>
        <option value="">{text.nothing}</option>
        {values.map((value) => (
          <option key={value.code} value={value.code}>
            {said(value.names)}
          </option>
        ))}
      </SelectField>
    );
  }
  const asNumber = type === "number" ? ({ inputMode: "decimal" } as const) : {};
  return <TextField {...given} {...asNumber} defaultValue={String(was ?? "")} />;
}
