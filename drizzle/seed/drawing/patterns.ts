import type { Shape } from "./shapes.ts";
import { within } from "./shapes.ts";

/** Distance to the nearest multiple of a step: patterns repeat for ever and a body bounds them. */
const toNearest = (value: number, step: number): number => Math.abs(value - Math.round(value / step) * step);

const EVERYWHERE = [-1_000, -1_000, 1_600, 1_600] as const;
const repeat = (body: Shape, distance: Shape["distance"]): Shape =>
  within({ bounds: EVERYWHERE, distance }, body);

type Stripe = { readonly step: number; readonly width: number; readonly degrees?: number };

export function stripes(body: Shape, { step, width, degrees = 0 }: Stripe): Shape {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return repeat(body, (x, y) => toNearest(y * cos - x * sin, step) - width / 2);
}

export const dots = (body: Shape, step: number, radius: number): Shape =>
  repeat(body, (x, y) => {
    const odd = Math.abs(Math.round(y / step)) % 2;
    return Math.hypot(toNearest(x + (odd * step) / 2, step), toNearest(y, step)) - radius;
  });

/** Zigzags, as ikat weavers draw them. */
export const zigzags = (body: Shape, step: number, width: number): Shape =>
  repeat(body, (x, y) => (toNearest(y + toNearest(x, step), step) - width / 2) * Math.SQRT1_2);

/** Parang: slanting waves, an old batik pattern of Java. */
export const parang = (body: Shape, step: number): Shape =>
  repeat(body, (x, y) => {
    const [along, across] = [(x + y) * Math.SQRT1_2, (x - y) * Math.SQRT1_2];
    const wave = Math.sin((along * 2 * Math.PI) / step) * step * 0.16;
    return (toNearest(across + wave, step) - step * 0.16) * 0.7;
  });

/** Kawung: four petals around a point, like a cut palm fruit. */
export const kawung = (body: Shape, step: number): Shape =>
  repeat(body, (x, y) => {
    const [u, v] = [toNearest(x, step), toNearest(y, step)];
    const [along, across] = [(u + v) * Math.SQRT1_2, (u - v) * Math.SQRT1_2];
    const [nx, ny] = [(along - step * 0.35) / (step * 0.28), across / (step * 0.16)];
    return (Math.hypot(nx, ny) - 1) * step * 0.15;
  });
