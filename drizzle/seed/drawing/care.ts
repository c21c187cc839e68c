import { dots, stripes } from "./patterns.ts";
import { type Drawing, shade } from "./pen.ts";
import { area, box, circle, ellipse, half, line, move, rim, turn, within } from "./shapes.ts";

const soap: Drawing = (pen) => {
  shade(pen, ellipse(300, 448, 200, 16));
  pen(box(118, 386, 364, 52, 20), "wood");
  for (let x = 146; x < 470; x += 44) pen(line(`M ${x} 396 L ${x} 428`, 6), "bark");
  pen(box(152, 252, 296, 142, 56), "base");
  pen(box(152, 240, 296, 120, 54), "light");
  pen(rim(box(176, 258, 248, 84, 38), 5), "base");
  pen(area("M 300 262 Q 346 296 300 340 Q 254 296 300 262 Z"), "base");
  for (const [x, y, r] of [
    [412, 216, 30],
    [456, 176, 18],
    [384, 168, 14],
    [206, 206, 20],
  ] as const) {
    pen(circle(x, y, r), "sky", 0.8);
    pen(circle(x - r * 0.3, y - r * 0.3, r * 0.25), "white");
  }
};

const pump: Drawing = (pen) => {
  shade(pen, ellipse(300, 500, 126, 12));
  pen(line("M 300 130 L 300 190", 16), "ink");
  pen(line("M 216 122 Q 220 100 250 100 L 336 100", 20), "ink");
  pen(box(256, 176, 88, 44, 10), "ink");
  const body = half("M 300 218 L 366 218 Q 410 232 410 276 L 410 466 Q 410 496 380 496 L 300 496", 4);
  pen(body, "base");
  pen(within(box(366, 210, 60, 300), body), "dark");
  pen(within(box(206, 250, 16, 220), body), "pale", 0.8);
  pen(box(232, 286, 136, 150, 10), "cream");
  pen(area("M 300 308 Q 332 346 300 378 Q 268 346 300 308 Z"), "base");
  pen(line("M 258 400 L 342 400", 7), "deep");
  pen(line("M 274 420 L 326 420", 5), "grey");
};

const tube: Drawing = (pen) => {
  shade(pen, ellipse(300, 500, 96, 12));
  const body = half("M 300 96 L 400 96 L 374 420 L 300 420", 4);
  pen(box(240, 420, 120, 78, 12), "deep");
  for (const x of [258, 279, 300, 321, 342]) pen(line(`M ${x} 436 L ${x} 484`, 4), "dark");
  pen(body, "base");
  pen(within(area("M 372 90 L 420 90 L 390 430 L 348 430 Z"), body), "dark");
  pen(box(196, 86, 208, 34, 4), "light");
  pen(circle(300, 230, 56), "cream");
  for (let i = 0; i < 8; i++) pen(turn(line("M 300 190 L 300 176", 7), i * 45, 300, 230), "amber");
  pen(circle(300, 230, 26), "sun");
  pen(line("M 250 330 L 350 330", 9), "cream");
  pen(line("M 268 358 L 332 358", 6), "pale");
};

const dropper: Drawing = (pen) => {
  shade(pen, ellipse(300, 500, 116, 12));
  pen(half("M 300 66 Q 332 66 332 110 L 326 166 L 300 166", 4), "ink");
  pen(box(248, 164, 104, 66, 10), "gold");
  for (const x of [268, 290, 312, 334]) pen(line(`M ${x} 174 L ${x} 220`, 3), "amber");
  const body = half("M 300 230 L 340 230 Q 400 252 400 310 L 400 470 Q 400 496 374 496 L 300 496", 4);
  pen(body, "base");
  pen(within(box(356, 220, 60, 300), body), "dark");
  pen(within(box(214, 280, 16, 190), body), "pale", 0.8);
  pen(box(228, 308, 144, 136, 6), "cream");
  pen(area("M 300 330 Q 330 370 322 388 Q 314 402 300 402 Q 286 402 278 388 Q 270 370 300 330 Z"), "base");
  pen(line("M 258 424 L 342 424", 6), "deep");
};

const creamJar: Drawing = (pen) => {
  shade(pen, ellipse(300, 462, 170, 14));
  pen(box(150, 300, 300, 160, 34), "base");
  pen(within(box(390, 290, 80, 190), box(150, 300, 300, 160, 34)), "dark");
  pen(box(142, 196, 316, 116, 22), "deep");
  pen(box(142, 196, 316, 40, 20), "dark");
  pen(line("M 158 300 L 442 300", 5), "light");
  pen(box(214, 340, 172, 80, 8), "cream");
  pen(line("M 242 368 L 358 368", 9), "base");
  pen(line("M 262 394 L 338 394", 6), "grey");
};

const lipBalm: Drawing = (pen) => {
  shade(pen, ellipse(300, 500, 150, 12));
  pen(area("M 214 250 L 214 196 Q 250 150 286 178 L 286 250 Z", 3), "base");
  pen(box(202, 244, 96, 70, 8), "silver");
  pen(box(190, 306, 120, 190, 14), "deep");
  pen(box(190, 380, 120, 14), "gold");
  pen(line("M 214 330 L 214 470", 7), "light", 0.6);
  const lid = turn(box(342, 330, 96, 166, 14), 0);
  pen(lid, "base");
  pen(line("M 362 350 L 362 476", 7), "light");
  pen(box(342, 470, 96, 14), "gold");
};

const saltJar: Drawing = (pen) => {
  shade(pen, ellipse(300, 490, 150, 12));
  const jar = half("M 300 206 L 400 206 Q 424 230 424 270 L 424 456 Q 424 486 394 486 L 300 486", 4);
  pen(jar, "glass");
  const salt = half("M 300 262 Q 370 236 414 276 L 414 452 Q 414 476 388 476 L 300 476", 2);
  pen(salt, "base");
  pen(dots(salt, 22, 6), "pale");
  pen(dots(salt, 36, 4), "light");
  pen(box(206, 138, 188, 72, 16), "oak");
  pen(line("M 200 232 Q 300 254 400 232", 9), "bark");
  pen(turn(box(330, 246, 76, 96, 8), 12, 330, 246), "cream");
  pen(turn(line("M 350 286 L 388 286", 6), 12, 330, 246), "base");
};

const toothbrush: Drawing = (pen) => {
  for (const [degrees, dx, tone] of [
    [-24, -70, "base"],
    [0, 0, "light"],
    [24, 70, "deep"],
  ] as const) {
    const at = (shape: ReturnType<typeof box>) => move(turn(shape, degrees, 300, 460), dx * 0.2, 0);
    pen(at(box(284, 170, 32, 330, 16)), "oak");
    pen(at(box(284, 410, 32, 90, 16)), "wood");
    pen(at(box(288, 84, 24, 110, 12)), "oak");
    pen(at(box(304, 90, 34, 84, 4)), tone);
    pen(at(stripes(box(304, 90, 34, 84, 4), { step: 12, width: 3 })), "cream", 0.7);
  }
};

const hairbrush: Drawing = (pen) => {
  const at = (shape: ReturnType<typeof box>) => turn(shape, 32);
  pen(at(box(276, 300, 48, 250, 24)), "wood");
  pen(at(circle(300, 526, 9)), "cream");
  pen(at(ellipse(300, 190, 108, 142)), "oak");
  pen(at(ellipse(300, 186, 84, 116)), "base");
  pen(at(dots(ellipse(300, 186, 72, 104), 28, 6)), "cream");
};

const perfume: Drawing = (pen) => {
  shade(pen, ellipse(300, 490, 150, 12));
  pen(box(256, 92, 88, 92, 14), "gold");
  pen(box(268, 180, 64, 40, 6), "silver");
  pen(box(164, 214, 272, 272, 46), "glass");
  const scent = within(box(180, 230, 240, 240, 34), box(160, 296, 280, 190));
  pen(scent, "base");
  pen(within(area("M 180 230 L 250 230 L 200 480 L 160 480 Z"), box(164, 214, 272, 272, 46)), "white", 0.5);
  pen(box(236, 340, 128, 74, 6), "cream");
  pen(line("M 262 368 L 338 368", 7), "deep");
  pen(line("M 276 390 L 324 390", 5), "grey");
};

const comb: Drawing = (pen) => {
  const at = (shape: ReturnType<typeof box>) => turn(shape, -18);
  pen(at(box(104, 216, 392, 84, 34)), "base");
  pen(at(box(128, 236, 344, 12, 6)), "light");
  for (let i = 0; i < 15; i++) pen(at(box(120 + i * 25, 280, 13, i % 14 === 0 ? 120 : 106, 6)), "base");
  pen(at(circle(300, 262, 11)), "cream");
};

const sheetMask: Drawing = (pen) => {
  const packet = turn(box(176, 104, 248, 392, 12), -7);
  pen(move(packet, 9, 11), "ink", 0.15);
  pen(packet, "base");
  pen(turn(box(176, 104, 248, 34, 12), -7), "deep");
  const face = turn(half("M 300 200 Q 392 200 384 300 Q 372 410 300 424", 2), -7);
  pen(face, "cream");
  for (const x of [266, 334]) pen(turn(ellipse(x, 290, 20, 11), -7), "dark");
  pen(turn(ellipse(300, 372, 24, 11), -7), "dark");
  pen(turn(line("M 300 304 L 290 340 L 306 342", 5), -7), "dark");
  pen(turn(line("M 244 462 L 356 462", 9), -7), "pale");
};

export const CARE = {
  comb,
  creamJar,
  dropper,
  hairbrush,
  lipBalm,
  perfume,
  pump,
  saltJar,
  sheetMask,
  soap,
  toothbrush,
  tube,
} as const;
