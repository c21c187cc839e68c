import { day } from "../shell/when.ts";
import type { Point } from "./chart.tsx";

const DAY_MS = 86_400_000;
const DAY_CHARS = "2026-01-01".length;

type Range = { readonly from: string; readonly days: number };
type Height = Pick<Point, "height" | "value">;

/** A point for each day of a range: days that no answer tells of are points of their own, and not skipped. */
export const dayPoints = ({ from, days }: Range, of: (day: string) => Height): readonly Point[] =>
  Array.from({ length: days }, (_, at) => {
    const ms = Date.parse(from) + at * DAY_MS;
    const name = new Date(ms).toISOString().slice(0, DAY_CHARS);
    return { at: ms / 1_000, name: day(name), ...of(name) };
  });
