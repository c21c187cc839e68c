import { useState } from "react";
import { count, texts } from "../shell/text.ts";

const text = texts({
  en: { quantity: (title: string) => `How many of ${title}`, of: (n: string) => `of ${n}` },
  id: { quantity: (title: string) => `Berapa banyak ${title}`, of: (n: string) => `dari ${n}` },
});

type Line = {
  readonly id: string;
  readonly title: string;
  readonly variantLabel: string;
  readonly quantity: number;
  readonly shippedQuantity: number;
  readonly cancelledQuantity: number;
};
type Units = { readonly [lineId: string]: number };

const leftOf = ({ quantity, shippedQuantity, cancelledQuantity }: Line): number =>
  quantity - shippedQuantity - cancelledQuantity;

/** Lines of which units have neither left nor been called off. */
export const linesLeft = (lines: readonly Line[]): readonly Line[] =>
  lines.filter((line) => leftOf(line) > 0);

/** So many of these units; all that are left until somebody says otherwise. */
export function useUnits(lines: readonly Line[]) {
  const [typed, setUnits] = useState<Units>({});
  const left = linesLeft(lines);
  // Meanwhile some may have left.
  const unitsOf = (line: Line) => Math.min(typed[line.id] ?? leftOf(line), leftOf(line));
  const chosen = left.flatMap((line) => {
    const quantity = unitsOf(line);
    return quantity > 0 ? [{ lineId: line.id, quantity }] : [];
  });
  const isAllLeft = left.every((line) => unitsOf(line) === leftOf(line));
  /** Neither has anything gone before, nor is anything kept. */
  const isWhole = isAllLeft && lines.every((line) => leftOf(line) === line.quantity);
  return { left, chosen, isAllLeft, isWhole, unitsOf, set: setUnits };
}

type Props = { readonly label: string; readonly units: ReturnType<typeof useUnits> };

/** How many of what is left; where that is one unit there is nothing to choose. */
export function UnitsField({ label, units: { left, unitsOf, set } }: Props) {
  const [only] = left;
  if (!only || (left.length === 1 && leftOf(only) === 1)) return null;
  return (
    <fieldset>
      <legend className="field-label">{label}</legend>
      <ul className="divide-line divide-y">
        {left.map((line) => (
          <li key={line.id} className="flex items-center gap-3 py-2 text-sm">
            <span className="min-w-0 flex-1">
              <span className="line-clamp-2">{line.title}</span>
              {line.variantLabel && <span className="text-muted block">{line.variantLabel}</span>}
            </span>
            <select
              className="input w-20"
              aria-label={text.quantity([line.title, line.variantLabel].filter(Boolean).join(", "))}
              value={unitsOf(line)}
              onChange={({ target }) => set((before) => ({ ...before, [line.id]: Number(target.value) }))}
            >
              {choicesOf(leftOf(line)).map((quantity) => (
                <option key={quantity} value={quantity}>
                  {count(quantity)}
                </option>
              ))}
            </select>
            <span className="text-muted w-14 tabular-nums">{text.of(count(leftOf(line)))}</span>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

/** A list of numbers that nobody would scroll through is no choice; none and all stay one. */
const CHOICES_MAX = 200;
const choicesOf = (left: number): readonly number[] => [
  ...Array.from({ length: Math.min(left, CHOICES_MAX) }, (_, at) => at),
  left,
];
