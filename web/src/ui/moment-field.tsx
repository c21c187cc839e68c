import type { ComponentProps } from "react";
import { TextField } from "./field.tsx";

/** The market's zone, in which everybody in it speaks of a time. */
const timeZone = document.documentElement.dataset.timeZone ?? "UTC";
/** Sweden writes dates as ISO 8601 does. */
const parts = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone });

/** `2026-11-24T14:05` of an instant, by the market's clock. */
const localOf = (at: string): string => parts.format(Date.parse(at)).replace(" ", "T");

/** The market's day, as `2026-11-24`. */
export const dayOf = (ms: number): string => parts.format(ms).slice(0, "2026-11-24".length);

/** The instant at which the market's clock shows this, as the API takes it. */
export function instantOf(typed: FormDataEntryValue | null): string | undefined {
  const wanted = Date.parse(`${typed}Z`);
  if (Number.isNaN(wanted)) return undefined;
  // The zone's distance from UTC is read off at the guess, and again where a change of clocks lies between.
  const shiftAt = (ms: number) => Date.parse(`${localOf(new Date(ms).toISOString())}Z`) - ms;
  const guess = wanted - shiftAt(wanted);
  return new Date(wanted - shiftAt(guess)).toISOString();
}

type Props = Omit<ComponentProps<typeof TextField>, "type" | "defaultValue"> & {
  /** What is there already, as an instant. */
  readonly was?: string | null | undefined;
};

/** A day and time of the market. */
export const MomentField = ({ was, ...input }: Props) => (
  <TextField type="datetime-local" {...(was && { defaultValue: localOf(was) })} {...input} />
);
