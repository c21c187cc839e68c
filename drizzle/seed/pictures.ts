import { createCanvas, mix } from "./drawing/canvas.ts";
import { CARE } from "./drawing/care.ts";
import { CARRY } from "./drawing/carry.ts";
import { HOME } from "./drawing/home.ts";
import { KITCHEN } from "./drawing/kitchen.ts";
import { OUTDOOR } from "./drawing/outdoor.ts";
import { PANTRY } from "./drawing/pantry.ts";
import { type Drawing, penOn } from "./drawing/pen.ts";
import { PLAY } from "./drawing/play.ts";
import { encodePng } from "./drawing/png.ts";
import { circle } from "./drawing/shapes.ts";
import { TECH } from "./drawing/tech.ts";
import { WEAR } from "./drawing/wear.ts";

const SIZE = 600;
const DISC_RADIUS = 262;

const DRAWINGS = {
  ...CARE,
  ...CARRY,
  ...HOME,
  ...KITCHEN,
  ...OUTDOOR,
  ...PANTRY,
  ...PLAY,
  ...TECH,
  ...WEAR,
} as const;
/** What can be drawn. */
export type Kind = keyof typeof DRAWINGS;

/** Each family of goods stands before a wall of its own. */
const WALLS: readonly (readonly [{ readonly [kind: string]: Drawing }, number])[] = [
  [CARE, 0xe4e0ec],
  [CARRY, 0xdde6e2],
  [HOME, 0xe9dfd0],
  [KITCHEN, 0xd9e4ea],
  [OUTDOOR, 0xdae7d8],
  [PANTRY, 0xf0dfc2],
  [PLAY, 0xf3e3c6],
  [TECH, 0xdbe0ea],
  [WEAR, 0xeeddd3],
];

/** A PNG of 600 by 600: the thing in this colour, before a disc. */
export function drawPicture(kind: Kind, colour: number): Buffer {
  const wall = WALLS.find(([family]) => kind in family)?.[1] ?? 0xeeeeee;
  const canvas = createCanvas(SIZE, wall);
  canvas.fill(circle(SIZE / 2, SIZE / 2, DISC_RADIUS), mix(wall, 0xffffff, 0.55));
  DRAWINGS[kind](penOn(canvas, colour));
  return encodePng(SIZE, SIZE, canvas.pixels);
}
