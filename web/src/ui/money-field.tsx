import type { ComponentProps } from "react";
import type { Schemas } from "../api/schema.gen.ts";
import { currency } from "../shell/page.ts";
import { TextField } from "./field.tsx";

type Props = Omit<ComponentProps<typeof TextField>, "defaultValue" | "inputMode"> & {
  /** What is there already. */
  readonly was?: Schemas["Money"] | null | undefined;
};

/** An amount in the market's currency, typed as people say it: `150000` or `12.50`. */
export const MoneyField = ({ was, label, ...input }: Props) => (
  <TextField
    label={`${label} (${currency})`}
    inputMode="decimal"
    pattern="\s*\d[\d.,\s]*"
    autoComplete="off"
    {...(was && { defaultValue: majorOf(was.minor) })}
    {...input}
  />
);

/** Two digits behind the point, as ISO 4217 gives every currency of our markets. */
const DIGITS = 2;

function majorOf(minor: string): string {
  const padded = minor.padStart(DIGITS + 1, "0");
  const cents = padded.slice(-DIGITS);
  return Number(cents) === 0 ? padded.slice(0, -DIGITS) : `${padded.slice(0, -DIGITS)}.${cents}`;
}

/** `Rp 150.000`, `150000`, `12,50`: the last mark with one or two digits behind it parts the cents. */
export function minorOf(typed: FormDataEntryValue | null): string | undefined {
  const clean = String(typed ?? "").replace(/[^\d.,]/g, "");
  const [, whole = "", cents = ""] = /^(.*?)(?:[.,](\d{1,2}))?$/.exec(clean) ?? [];
  const digits = `${whole.replace(/\D/g, "")}${cents.padEnd(DIGITS, "0")}`.replace(/^0+(?=\d)/, "");
  return /\d/.test(clean) ? digits : undefined;
}

/** What a form's field says, as the API takes it. */
export function moneyOf(typed: FormDataEntryValue | null): Schemas["Money"] | undefined {
  const minor = minorOf(typed);
  return minor === undefined ? undefined : { minor, currency };
}
