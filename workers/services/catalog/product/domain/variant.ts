import { err, ok, type Result } from "#kernel/result";
import { type Texts, textIn } from "#kernel/texts";
import type { ProductOption, Variant } from "./product.ts";

/** Colour, size and one more: a buyer picks them one after another. */
export const OPTIONS_MAX = 3;
/** All variants of a product travel in its page. */
export const VARIANTS_MAX = 2_048;
const KEY_SEPARATOR = "/";

/** Every combination of the options' values, in their order; one empty key when there are no options. */
export function combinations(
  options: readonly ProductOption[],
): Result<readonly string[], "product.too_many_variants"> {
  const count = options.reduce((product, { values }) => product * values.length, 1);
  if (count > VARIANTS_MAX) return err("product.too_many_variants");
  let keys: readonly (readonly string[])[] = [[]];
  for (const { values } of options) keys = keys.flatMap((key) => values.map(({ code }) => [...key, code]));
  return ok(keys.map((key) => key.join(KEY_SEPARATOR)));
}

/** The key of the values that a variant has, or undefined when they are not one of each option. */
export function keyOf(
  options: readonly ProductOption[],
  values: { readonly [option: string]: string },
): string | undefined {
  if (Object.keys(values).length !== options.length) return undefined;
  const codes = options.map((option) => option.values.find(({ code }) => code === values[option.code])?.code);
  return codes.includes(undefined) ? undefined : codes.join(KEY_SEPARATOR);
}

/** The values behind a key, by option. */
export function valuesOf(
  options: readonly ProductOption[],
  key: string,
): { readonly [option: string]: string } {
  const codes = key === "" ? [] : key.split(KEY_SEPARATOR);
  return Object.fromEntries(options.map(({ code }, i) => [code, codes[i] ?? ""]));
}

/** How a line of an order names the variant. */
export function labelOf(options: readonly ProductOption[], key: string, locale: keyof Texts): string {
  const codes = valuesOf(options, key);
  const names = options.map((option) => {
    const value = option.values.find(({ code }) => code === codes[option.code]);
    return value ? textIn(value.names, locale) : "";
  });
  return names.join(" / ");
}

/** A variant's name in every language; one of options that the product has no more keeps its label. */
export function namesOf(
  options: readonly ProductOption[],
  { key, label }: Pick<Variant, "key" | "label">,
): Texts {
  const isOfThese = keyOf(options, valuesOf(options, key)) === key;
  if (!isOfThese) return { en: label };
  return { en: labelOf(options, key, "en"), id: labelOf(options, key, "id") };
}
