import type { Shape } from "./shapes.ts";

/** The largest square that is looked at as a whole: most lie wholly inside or outside of a shape. */
const TILE = 32;
/** Steps of an edge from inside to outside: enough to look smooth, few enough for a palette. */
const EDGE_STEPS = 8;

export type Canvas = {
  readonly size: number;
  readonly pixels: Uint32Array;
  /** `colour` is 0xRRGGBB. */
  fill(shape: Shape, colour: number, opacity?: number): void;
};

export const mix = (from: number, to: number, share: number): number => {
  const part = (shift: number) => {
    const a = (from >> shift) & 255;
    return Math.round(a + (((to >> shift) & 255) - a) * share) << shift;
  };
  return part(16) | part(8) | part(0);
};

export function createCanvas(size: number, background: number): Canvas {
  const pixels = new Uint32Array(size * size).fill(background);
  return {
    size,
    pixels,
    fill(shape, colour, opacity = 1) {
      const edge = (value: number) => Math.min(size, Math.max(0, value));
      const [x0, y0, x1, y1] = shape.bounds;
      const first = (value: number) => Math.floor((edge(value) - 1) / TILE) * TILE;
      for (let y = Math.max(0, first(y0)); y < edge(y1 + 1); y += TILE) {
        for (let x = Math.max(0, first(x0)); x < edge(x1 + 1); x += TILE) {
          square({ pixels, size, distance: shape.distance, colour, opacity }, x, y, TILE);
        }
      }
    },
  };
}

type Fill = {
  readonly pixels: Uint32Array;
  readonly size: number;
  readonly distance: Shape["distance"];
  readonly colour: number;
  readonly opacity: number;
};

/** A square that the shape's edge crosses is cut in four, down to the pixel. */
function square(fill: Fill, x: number, y: number, width: number): void {
  if (x >= fill.size || y >= fill.size) return;
  const distance = fill.distance(x + width / 2, y + width / 2);
  const reach = width * Math.SQRT1_2 + 1;
  if (distance > reach) return;
  if (width === 1 || distance < -reach) {
    block(fill, x, y, width, coverage(distance));
    return;
  }
  const part = width / 2;
  square(fill, x, y, part);
  square(fill, x + part, y, part);
  square(fill, x, y + part, part);
  square(fill, x + part, y + part, part);
}

function block(fill: Fill, x0: number, y0: number, width: number, covered: number): void {
  if (covered <= 0) return;
  const { pixels, size, colour, opacity } = fill;
  const share = covered * opacity;
  for (let y = y0; y < Math.min(size, y0 + width); y++) {
    for (let at = y * size + x0; at < y * size + Math.min(size, x0 + width); at++) {
      pixels[at] = share >= 1 ? colour : mix(pixels[at] ?? 0, colour, share);
    }
  }
}

const coverage = (distance: number): number =>
  Math.round(Math.min(1, Math.max(0, 0.5 - distance)) * EDGE_STEPS) / EDGE_STEPS;
