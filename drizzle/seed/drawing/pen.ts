import { type Canvas, mix } from "./canvas.ts";
import { flip, type Shape } from "./shapes.ts";

/** Colours that do not change with the variant: what things are made of. */
const MATERIALS = {
  white: 0xffffff,
  cream: 0xf7efe0,
  paper: 0xfdfaf3,
  ink: 0x2b2d42,
  black: 0x23242e,
  grey: 0x8d93a1,
  silver: 0xc9ced6,
  steel: 0x9aa3af,
  wood: 0xc58f5c,
  oak: 0xe0b27c,
  bark: 0x8a5a36,
  rattan: 0xd9a864,
  cane: 0xb98243,
  leaf: 0x5b9a5f,
  moss: 0x3f7a4b,
  gold: 0xe2b04a,
  amber: 0xd98a2b,
  red: 0xd1495b,
  rose: 0xf2b8b5,
  sky: 0xbfdcec,
  glass: 0xdfeef2,
  coffee: 0x5b3a29,
  cocoa: 0x4a2c20,
  skin: 0xf3d3b8,
  sun: 0xffd166,
} as const;
type Material = keyof typeof MATERIALS;
/** Tones of the variant's own colour. */
type Own = "base" | "dark" | "deep" | "light" | "pale";
export type Tone = Material | Own;

export type Pen = (shape: Shape, tone: Tone, opacity?: number) => void;
/** One thing, drawn in the middle of a picture of 600 by 600. */
export type Drawing = (pen: Pen) => void;

const toneOf = (tone: Tone, base: number): number => {
  switch (tone) {
    case "base":
      return base;
    case "dark":
      return mix(base, 0x14162b, 0.22);
    case "deep":
      return mix(base, 0x14162b, 0.45);
    case "light":
      return mix(base, 0xffffff, 0.28);
    case "pale":
      return mix(base, 0xffffff, 0.62);
    default:
      return MATERIALS[tone];
  }
};

export const penOn =
  (canvas: Canvas, base: number): Pen =>
  (shape, tone, opacity = 1) =>
    canvas.fill(shape, toneOf(tone, base), opacity);

/** A shape and its mirror image. */
export function pair(pen: Pen, shape: Shape, tone: Tone, opacity = 1): void {
  pen(shape, tone, opacity);
  pen(flip(shape), tone, opacity);
}

/** The shadow under what stands on its own. */
export const shade = (pen: Pen, shape: Shape): void => pen(shape, "ink", 0.14);
