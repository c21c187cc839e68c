import { invalid, type Metadata } from "./types.ts";

/** Stripe's parameters: `a[b][c]=d` and `a[]=b`, https://docs.stripe.com/api. */
export interface Fields {
  [name: string]: string | Fields | undefined;
}

const PARTS = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;
/** Deeper than any parameter of ours. */
const DEPTH_MAX = 6;

export function parseForm(text: string): Fields {
  const fields: Fields = Object.create(null) as Fields;
  for (const [name, value] of new URLSearchParams(text)) {
    const parts = PARTS.exec(name);
    if (!parts) throw invalid(`Received unknown parameter: ${name}`, name);
    const path = [
      parts[1] ?? "",
      ...[...(parts[2] ?? "").matchAll(/\[([^[\]]*)\]/g)].map(([, key = ""]) => key),
    ];
    if (path.length > DEPTH_MAX) throw invalid(`Invalid parameter: ${name}`, name);
    put(fields, path, value);
  }
  return fields;
}

/** An empty bracket counts on: `expand[]=a&expand[]=b` is `expand[0]`, `expand[1]`. */
function put(fields: Fields, [name = "", ...rest]: string[], value: string): void {
  const key = name === "" ? String(Object.keys(fields).length) : name;
  if (rest.length === 0) {
    fields[key] = value;
    return;
  }
  const inner = fields[key];
  const below = typeof inner === "object" ? inner : (Object.create(null) as Fields);
  fields[key] = below;
  put(below, rest, value);
}

export const text = (value: Fields[string]): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

export const group = (value: Fields[string]): Fields => (typeof value === "object" ? value : {});

/** A flat list of strings, as of `expand[]`. */
export const list = (value: Fields[string]): string[] =>
  Object.values(group(value)).flatMap((one) => text(one) ?? []);

export const metadataOf = (value: Fields[string]): Metadata =>
  Object.fromEntries(
    Object.entries(group(value)).flatMap(([key, one]) => (typeof one === "string" ? [[key, one]] : [])),
  );

const AMOUNT = /^\d{1,8}$|^\d{9,12}$/;

export function amountOf(fields: Fields, name: string): number | undefined {
  const given = text(fields[name]);
  if (given === undefined) return undefined;
  if (!AMOUNT.test(given)) throw invalid(`Invalid integer: ${given}`, name, "parameter_invalid_integer");
  return Number(given);
}
