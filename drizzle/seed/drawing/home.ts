import { dots, stripes, zigzags } from "./patterns.ts";
import { type Drawing, pair, shade } from "./pen.ts";
import { area, box, circle, ellipse, flip, half, line, move, rim, turn, within } from "./shapes.ts";

const tableLamp: Drawing = (pen) => {
  shade(pen, ellipse(300, 496, 120, 14));
  pen(ellipse(300, 300, 190, 150), "sun", 0.16);
  pen(line("M 300 280 L 300 400", 14), "bark");
  pen(half("M 300 352 Q 372 372 366 432 Q 360 490 340 494 L 300 494", 4), "base");
  pen(
    within(circle(400, 430, 70), half("M 300 352 Q 372 372 366 432 Q 360 490 340 494 L 300 494", 4)),
    "dark",
  );
  const lampshade = half("M 300 120 L 372 120 L 434 290 L 300 290", 6);
  pen(lampshade, "cream");
  pen(stripes(lampshade, { step: 20, width: 3, degrees: 90 }), "oak", 0.5);
  pen(line("M 164 292 L 436 292", 10), "oak");
  pen(line("M 228 118 L 372 118", 8), "oak");
};

const pendant: Drawing = (pen) => {
  pen(line("M 300 0 L 300 150", 6), "ink");
  pen(box(276, 136, 48, 40, 8), "bark");
  const dome = half("M 300 168 Q 466 190 474 386 L 300 386", 4);
  pen(ellipse(300, 420, 210, 84), "sun", 0.2);
  pen(dome, "base");
  for (let i = 0; i < 4; i++) {
    const rib = line(`M ${310 + i * 6} 170 Q ${344 + i * 38} 230 ${338 + i * 40} 388`, 5);
    pen(rib, "dark");
    pen(flip(rib), "dark");
  }
  for (const y of [226, 270, 312, 352]) {
    pen(within(rim(ellipse(300, y - 30, 230, 50), 5), within(dome, box(0, y - 30, 600, 80))), "light", 0.7);
  }
  pen(ellipse(300, 388, 174, 22), "deep");
  pen(ellipse(300, 392, 60, 14), "sun");
};

const deskLamp: Drawing = (pen) => {
  shade(pen, ellipse(250, 494, 130, 14));
  pen(area("M 372 262 L 504 236 L 560 452 L 330 470 Z"), "sun", 0.22);
  pen(line("M 250 480 L 194 300 L 376 158", 16), "steel");
  pen(circle(194, 300, 18), "deep");
  pen(box(160, 466, 180, 28, 14), "base");
  pen(turn(area("M 330 130 Q 390 92 450 130 L 500 244 L 280 244 Z", 6), -12, 390, 180), "base");
  pen(turn(box(276, 236, 228, 18, 9), -12, 390, 180), "deep");
};

const candle: Drawing = (pen) => {
  shade(pen, ellipse(300, 482, 140, 14));
  pen(ellipse(300, 160, 70, 84), "sun", 0.25);
  pen(line("M 300 250 L 300 206", 7), "ink");
  pen(half("M 300 112 Q 336 160 326 190 Q 318 212 300 212"), "amber");
  pen(half("M 300 150 Q 318 178 312 194 Q 306 206 300 206"), "sun");
  const body = half("M 300 250 L 404 250 L 404 456 Q 404 478 380 478 L 300 478", 4);
  pen(body, "base");
  pen(within(box(360, 240, 60, 250), body), "dark");
  pen(ellipse(300, 252, 105, 24), "light");
  pen(ellipse(300, 256, 88, 17), "cream");
  pen(box(230, 310, 140, 104, 8), "cream");
  pen(line("M 300 396 L 300 342", 5), "moss");
  pair(pen, ellipse(316, 356, 14, 8), "leaf");
  pair(pen, ellipse(318, 380, 14, 8), "leaf");
};

const diffuser: Drawing = (pen) => {
  shade(pen, ellipse(300, 488, 120, 12));
  for (const [x, y] of [
    [224, 96],
    [262, 76],
    [306, 66],
    [348, 80],
    [388, 104],
  ] as const) {
    pen(line(`M ${x} ${y} L ${300 + (300 - x) * 0.16} 300`, 8), "bark");
  }
  const body = half(
    "M 300 262 L 334 262 L 334 312 Q 402 332 402 392 L 402 462 Q 402 486 378 486 L 300 486",
    4,
  );
  pen(body, "glass");
  pen(within(box(180, 380, 240, 120), body), "base");
  pen(within(box(216, 340, 16, 140), body), "white", 0.8);
  pen(box(258, 244, 84, 34, 8), "oak");
  pen(box(244, 400, 112, 62, 6), "cream");
  pen(line("M 266 430 L 334 430", 7), "deep");
};

const CUSHION = area(
  "M 136 150 Q 300 182 464 150 Q 434 300 464 450 Q 300 420 136 450 Q 166 300 136 150 Z",
  6,
);
const cushion: Drawing = (pen) => {
  pen(move(CUSHION, 8, 14), "ink", 0.14);
  pen(CUSHION, "base");
  pen(zigzags(within(CUSHION, box(120, 236, 360, 128)), 44, 14), "cream");
  pen(within(box(120, 222, 360, 10), CUSHION), "cream");
  pen(within(box(120, 370, 360, 10), CUSHION), "cream");
  pen(rim(CUSHION, 5), "dark");
  for (const [x, y] of [
    [130, 142],
    [470, 142],
    [130, 458],
    [470, 458],
  ] as const) {
    pen(circle(x, y, 17), "gold");
  }
};

const blanket: Drawing = (pen) => {
  shade(pen, ellipse(300, 456, 210, 14));
  for (const [y, tone] of [
    [376, "deep"],
    [302, "dark"],
    [228, "base"],
  ] as const) {
    pen(box(112, y, 376, 78, 36), tone);
    pen(stripes(box(130, y + 6, 250, 66, 20), { step: 44, width: 12, degrees: 90 }), "pale", 0.7);
  }
  pen(area("M 360 150 Q 452 146 470 210 L 470 330 L 366 330 Z", 10), "light");
  for (let x = 368; x <= 470; x += 13) pen(line(`M ${x} 336 L ${x} 366`, 5), "cream");
};

const towel: Drawing = (pen) => {
  shade(pen, ellipse(300, 470, 200, 14));
  for (const [y, x, width, tone] of [
    [392, 118, 364, "deep"],
    [318, 132, 336, "light"],
    [244, 150, 300, "base"],
  ] as const) {
    pen(box(x, y, width, 76, 34), tone);
    pen(line(`M ${x + 60} ${y + 40} L ${x + width - 12} ${y + 40}`, 5), "cream", 0.7);
  }
  pen(box(150, 244, 60, 76, 34), "dark");
  pen(circle(300, 196, 50), "base");
  pen(rim(circle(300, 196, 30), 6), "cream");
  pen(rim(circle(300, 196, 12), 6), "cream");
};

const bedding: Drawing = (pen) => {
  shade(pen, ellipse(300, 474, 220, 12));
  pen(box(96, 130, 408, 190, 26), "bark");
  pen(box(110, 300, 380, 150, 16), "white");
  pen(box(150, 220, 140, 92, 34), "cream");
  pen(box(310, 220, 140, 92, 34), "cream");
  const cover = area("M 104 318 Q 300 286 496 318 L 508 462 L 92 462 Z", 8);
  pen(cover, "base");
  pen(dots(cover, 46, 8), "pale");
  pen(area("M 104 312 Q 300 282 496 312 L 498 346 Q 300 316 102 346 Z", 6), "light");
  pair(pen, box(468, 450, 22, 44, 6), "bark");
};

const basket: Drawing = (pen) => {
  shade(pen, ellipse(300, 484, 160, 14));
  pair(pen, rim(ellipse(440, 262, 36, 30), 14), "base");
  const body = half("M 300 226 L 446 226 Q 440 420 396 480 L 300 480", 4);
  pen(body, "rattan");
  for (let row = 0; row < 7; row++) {
    for (let column = 0; column < 9; column++) {
      const x = 150 + column * 38 + (row % 2) * 19;
      pen(within(box(x, 248 + row * 34, 26, 18, 9), body), "cane");
    }
  }
  pen(within(box(140, 350, 320, 60), body), "base", 0.8);
  pen(ellipse(300, 226, 150, 30), "oak");
  pen(ellipse(300, 230, 128, 22), "bark");
};

const vase: Drawing = (pen) => {
  shade(pen, ellipse(300, 500, 100, 12));
  for (const [x, y] of [
    [232, 110],
    [300, 80],
    [372, 116],
  ] as const) {
    pen(line(`M 300 260 Q ${(x + 300) / 2} 200 ${x} ${y}`, 6), "moss");
    for (let i = 0; i < 5; i++) pen(turn(ellipse(x, y - 20, 12, 20), i * 72, x, y), "rose");
    pen(circle(x, y, 12), "sun");
  }
  const body = half("M 300 236 L 338 236 L 330 272 Q 420 320 400 410 Q 388 480 346 498 L 300 498", 4);
  pen(body, "base");
  pen(within(area("M 350 240 Q 400 380 330 500 L 430 500 L 430 240 Z"), body), "dark");
  pen(within(rim(ellipse(300, 350, 130, 26), 9), within(body, box(160, 352, 280, 60))), "pale");
  pen(within(rim(ellipse(300, 376, 130, 26), 5), within(body, box(160, 378, 280, 60))), "pale");
};

const planter: Drawing = (pen) => {
  shade(pen, ellipse(300, 498, 130, 12));
  for (const [degrees, tone] of [
    [-52, "moss"],
    [52, "moss"],
    [-26, "leaf"],
    [26, "leaf"],
    [0, "moss"],
  ] as const) {
    pen(turn(area("M 300 350 Q 236 220 300 96 Q 364 220 300 350 Z"), degrees, 300, 350), tone);
    pen(turn(line("M 300 340 L 300 130", 4), degrees, 300, 350), "cream", 0.5);
  }
  const body = half("M 300 350 L 408 350 L 384 480 Q 380 496 362 496 L 300 496", 4);
  pen(body, "base");
  pen(within(box(350, 340, 80, 170), body), "dark");
  pen(box(184, 328, 232, 44, 12), "light");
};

const clock: Drawing = (pen) => {
  pen(circle(308, 312, 196), "ink", 0.14);
  pen(circle(300, 300, 194), "base");
  pen(circle(300, 300, 168), "paper");
  for (let i = 0; i < 12; i++) {
    const length = i % 3 === 0 ? 30 : 14;
    pen(turn(line(`M 300 152 L 300 ${152 + length}`, i % 3 === 0 ? 10 : 6), i * 30), "ink");
  }
  pen(turn(line("M 300 300 L 300 208", 13), -54), "ink");
  pen(turn(line("M 300 300 L 300 174", 9), 60), "ink");
  pen(turn(line("M 300 336 L 300 162", 4), 200), "red");
  pen(circle(300, 300, 14), "ink");
};

const mirror: Drawing = (pen) => {
  pen(circle(308, 314, 192), "ink", 0.14);
  for (let i = 0; i < 40; i++)
    pen(turn(line("M 300 166 L 300 108", 11), i * 9), i % 2 === 0 ? "base" : "dark");
  pen(circle(300, 300, 148), "deep");
  pen(circle(300, 300, 138), "sky");
  const glass = circle(300, 300, 138);
  pen(within(area("M 190 420 L 390 140 L 430 160 L 240 450 Z"), glass), "white", 0.6);
  pen(within(area("M 270 450 L 450 200 L 460 220 L 290 460 Z"), glass), "white", 0.6);
};

const rug: Drawing = (pen) => {
  const body = box(140, 112, 320, 376, 8);
  for (let x = 146; x <= 456; x += 16) {
    pen(line(`M ${x} 84 L ${x} 120`, 5), "cream");
    pen(line(`M ${x} 480 L ${x} 516`, 5), "cream");
  }
  pen(body, "base");
  pen(rim(box(162, 134, 276, 332, 4), 10), "cream");
  pen(zigzags(box(176, 148, 248, 74), 40, 12), "gold");
  pen(zigzags(box(176, 380, 248, 74), 40, 12), "gold");
  for (const [size, tone] of [
    [84, "cream"],
    [60, "deep"],
    [34, "gold"],
  ] as const) {
    pen(area(`M 300 ${300 - size} L ${300 + size} 300 L 300 ${300 + size} L ${300 - size} 300 Z`), tone);
  }
};

const stool: Drawing = (pen) => {
  shade(pen, ellipse(300, 498, 170, 14));
  pair(pen, line("M 384 250 L 432 486", 24), "wood");
  pair(pen, line("M 330 250 L 346 470", 20), "bark");
  pen(line("M 194 396 L 406 396", 14), "wood");
  pen(box(150, 200, 300, 62, 26), "oak");
  pen(box(150, 170, 300, 62, 30), "base");
  pen(line("M 172 206 Q 300 226 428 206", 5), "dark");
};

const frame: Drawing = (pen) => {
  pen(box(148, 108, 320, 400, 6), "ink", 0.14);
  pen(box(138, 96, 320, 400, 6), "base");
  pen(box(160, 118, 276, 356, 2), "paper");
  const view = box(198, 160, 200, 272);
  pen(view, "sky");
  pen(circle(342, 220, 30), "sun");
  pen(within(area("M 180 380 L 270 250 L 330 340 L 368 292 L 430 390 L 430 440 L 180 440 Z"), view), "leaf");
  pen(within(area("M 180 400 Q 300 350 430 410 L 430 440 L 180 440 Z"), view), "moss");
};

const shelf: Drawing = (pen) => {
  shade(pen, ellipse(300, 506, 170, 12));
  pair(pen, box(436, 90, 18, 414, 6), "dark");
  for (const y of [96, 228, 360, 484]) pen(box(140, y, 320, 18, 4), "base");
  for (const [x, y, height, tone] of [
    [176, 148, 80, "red"],
    [202, 160, 68, "sky"],
    [228, 142, 86, "gold"],
    [340, 280, 80, "leaf"],
    [366, 292, 68, "rose"],
    [392, 276, 84, "ink"],
  ] as const) {
    pen(box(x, y, 22, height, 3), tone);
  }
  pen(box(342, 184, 58, 44, 8), "oak");
  pen(turn(area("M 371 186 Q 340 150 371 118 Q 402 150 371 186 Z"), 0), "leaf");
  pen(box(176, 304, 96, 56, 10), "rattan");
  pen(box(190, 428, 90, 56, 10), "cream");
  pen(box(320, 420, 96, 64, 10), "rattan");
};

export const HOME = {
  basket,
  bedding,
  blanket,
  candle,
  clock,
  cushion,
  deskLamp,
  diffuser,
  frame,
  mirror,
  pendant,
  planter,
  rug,
  shelf,
  stool,
  tableLamp,
  towel,
  vase,
} as const;
