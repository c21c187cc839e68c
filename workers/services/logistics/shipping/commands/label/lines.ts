import type { Label, Party } from "../../domain/label.ts";

/** An address as it stands on a parcel. */
export const addressLines = (party: Party): readonly string[] =>
  [
    party.name,
    party.line1,
    party.line2,
    [party.village, party.district].filter((part) => part).join(", "),
    [party.city, party.region, party.postalCode].filter((part) => part).join(" "),
    party.country,
    party.phone,
  ].filter((line): line is string => line !== null && line !== "");

const AMOUNT = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

/** What the courier is to take at the door; undefined where everything is paid. */
export function cashLine({ cashMinor, currency }: Pick<Label, "cashMinor" | "currency">): string | undefined {
  if (cashMinor === null) return undefined;
  return `COD ${currency} ${(Number(cashMinor) / 100).toLocaleString("en", AMOUNT)}`;
}

export const contentLine = ({ contents, parcelGrams }: Pick<Label, "contents" | "parcelGrams">): string => {
  const units = contents.reduce((sum, { quantity }) => sum + quantity, 0);
  return `${units} pcs, ${(parcelGrams / 1_000).toFixed(2)} kg`;
};
