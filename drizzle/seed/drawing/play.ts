import { stripes } from "./patterns.ts";
import { type Drawing, pair, shade } from "./pen.ts";
import { area, box, circle, ellipse, half, line, minus, move, rim, turn, within } from "./shapes.ts";

const blocks: Drawing = (pen) => {
  shade(pen, ellipse(300, 478, 200, 14));
  pen(box(124, 350, 126, 126, 12), "base");
  pen(box(256, 350, 126, 126, 12), "gold");
  pen(box(388, 390, 92, 86, 12), "leaf");
  pen(box(190, 220, 126, 126, 12), "red");
  pen(area("M 254 86 L 330 214 L 178 214 Z", 6), "sky");
  pen(circle(187, 413, 34), "cream");
  pen(rim(box(292, 386, 54, 54, 6), 11), "cream");
  pen(area("M 253 250 L 286 312 L 220 312 Z", 5), "cream");
  pen(box(348, 300, 130, 46, 12), "wood");
  pen(area("M 412 232 Q 476 232 476 296 L 348 296 Q 348 232 412 232 Z", 2), "base");
};

const puzzle: Drawing = (pen) => {
  const piece = (x: number, y: number) => box(x, y, 150, 150, 8);
  const tabs = [
    [piece(140, 150), "base"],
    [piece(300, 150), "gold"],
    [piece(140, 310), "leaf"],
  ] as const;
  for (const [shape, tone] of tabs) pen(shape, tone);
  pen(circle(296, 225, 27), "base");
  pen(circle(375, 306, 27), "gold");
  pen(circle(215, 306, 27), "base");
  const loose = turn(minus(piece(330, 344), circle(405, 348, 28)), 16, 405, 419);
  pen(move(loose, 6, 8), "ink", 0.15);
  pen(loose, "red");
  pen(turn(circle(324, 419, 27), 16, 405, 419), "red");
};

const elephant: Drawing = (pen) => {
  shade(pen, ellipse(300, 486, 180, 14));
  pen(
    half(
      `M 300 300 Q 420 300 424 420 L 424 470 Q 424 484 400 484 L 352 484 Q 338 484 338 466
        L 338 440 L 300 440`,
      6,
    ),
    "base",
  );
  pair(pen, ellipse(420, 240, 92, 102), "dark");
  pair(pen, ellipse(412, 246, 60, 72), "rose");
  pen(circle(300, 244, 126), "base");
  pen(line("M 300 270 Q 296 390 340 410 Q 376 418 378 384", 58), "dark");
  pen(line("M 300 270 Q 296 390 340 410 Q 376 418 378 384", 46), "light");
  pen(line("M 280 330 Q 300 338 322 330", 5), "dark");
  pen(line("M 284 362 Q 304 368 324 358", 5), "dark");
  pair(pen, circle(346, 226, 12), "ink");
  pair(pen, circle(350, 222, 4), "white");
  pair(pen, ellipse(372, 270, 20, 13), "rose");
  pair(pen, box(350, 466, 60, 18, 9), "cream");
};

const truck: Drawing = (pen) => {
  shade(pen, ellipse(300, 466, 220, 14));
  pen(box(96, 210, 268, 190, 16), "oak");
  for (const y of [248, 292, 336]) pen(line(`M 112 ${y} L 350 ${y}`, 6), "wood");
  pen(area("M 372 260 L 440 260 L 500 336 L 500 400 L 372 400 Z", 10), "base");
  pen(area("M 392 278 L 434 278 L 474 334 L 392 334 Z", 4), "sky");
  pen(box(86, 388, 430, 32, 14), "bark");
  for (const x of [180, 424]) {
    pen(circle(x, 424, 48), "ink");
    pen(circle(x, 424, 26), "gold");
    pen(circle(x, 424, 9), "ink");
  }
  pen(circle(500, 376, 13), "sun");
};

const congklak: Drawing = (pen) => {
  shade(pen, ellipse(300, 410, 240, 16));
  pen(area("M 60 300 Q 110 200 300 204 Q 490 200 540 300 Q 490 400 300 396 Q 110 400 60 300 Z", 6), "base");
  pen(area("M 84 300 Q 130 222 300 224 Q 470 222 516 300 Q 470 378 300 374 Q 130 378 84 300 Z", 4), "light");
  pair(pen, circle(478, 300, 32), "deep");
  for (let i = 0; i < 6; i++) {
    for (const y of [260, 340]) {
      pen(circle(166 + i * 54, y, 23), "deep");
      for (let k = 0; k < 1 + ((i + y) % 3); k++) {
        pen(ellipse(160 + i * 54 + k * 9, y - 4 + (k % 2) * 10, 9, 6), "cream");
      }
    }
  }
};

const kite: Drawing = (pen) => {
  pen(line("M 300 360 Q 220 420 300 470 Q 360 510 280 560", 6), "bark");
  for (const [x, y, tone] of [
    [256, 410, "gold"],
    [320, 480, "red"],
  ] as const) {
    pen(area(`M ${x} ${y} L ${x - 36} ${y - 18} L ${x - 36} ${y + 18} Z`, 3), tone);
    pen(area(`M ${x} ${y} L ${x + 36} ${y - 18} L ${x + 36} ${y + 18} Z`, 3), tone);
  }
  const sail = area("M 300 66 L 462 226 L 300 380 L 138 226 Z", 4);
  pen(sail, "base");
  pen(within(area("M 300 60 L 470 226 L 300 226 Z"), sail), "gold");
  pen(within(area("M 300 226 L 130 226 L 300 390 Z"), sail), "light");
  pen(line("M 300 70 L 300 376", 6), "bark");
  pen(line("M 142 226 L 458 226", 6), "bark");
};

const book: Drawing = (pen) => {
  pen(turn(box(168, 116, 290, 376, 10), -6), "ink", 0.16);
  pen(turn(box(152, 100, 290, 376, 10), -6), "deep");
  pen(turn(box(168, 108, 274, 360, 4), -6), "paper");
  pen(turn(box(152, 96, 280, 368, 10), -6), "base");
  pen(turn(box(152, 96, 30, 368, 8), -6), "dark");
  const moon = turn(minus(circle(310, 240, 74), circle(342, 220, 64)), -6);
  pen(moon, "sun");
  for (const [x, y] of [
    [370, 180],
    [392, 262],
    [244, 166],
  ] as const) {
    pen(
      turn(
        area(
          `M ${x} ${y - 16} L ${x + 5} ${y - 5} L ${x + 16} ${y} L ${x + 5} ${y + 5}
            L ${x} ${y + 16} L ${x - 5} ${y + 5} L ${x - 16} ${y} L ${x - 5} ${y - 5} Z`,
        ),
        -6,
      ),
      "cream",
    );
  }
  pen(turn(line("M 230 372 L 384 372", 13), -6), "cream");
  pen(turn(line("M 256 408 L 358 408", 8), -6), "pale");
};

const pencils: Drawing = (pen) => {
  const colours = ["red", "amber", "sun", "leaf", "sky", "base"] as const;
  for (const [i, tone] of colours.entries()) {
    const x = 166 + i * 46;
    const top = 110 + (i % 2) * 26;
    pen(area(`M ${x + 20} ${top} L ${x + 40} ${top + 62} L ${x} ${top + 62} Z`), "oak");
    pen(area(`M ${x + 20} ${top} L ${x + 27} ${top + 22} L ${x + 13} ${top + 22} Z`), tone);
    pen(box(x, top + 62, 40, 300), tone);
    pen(box(x + 26, top + 62, 14, 300), "ink", 0.14);
  }
  pen(box(140, 316, 320, 180, 14), "deep");
  pen(box(140, 316, 320, 26, 12), "base");
  pen(circle(300, 420, 46), "cream");
  pen(turn(area("M 300 384 L 312 448 L 288 448 Z", 3), 40, 300, 420), "base");
};

const notebook: Drawing = (pen) => {
  pen(turn(box(166, 98, 290, 404, 14), 5), "ink", 0.16);
  pen(turn(box(158, 88, 290, 404, 14), 5), "cream");
  pen(turn(box(152, 82, 286, 404, 14), 5), "base");
  pen(turn(box(152, 82, 48, 404, 14), 5), "dark");
  pen(turn(box(392, 82, 14, 404), 5), "deep");
  pen(turn(box(238, 160, 120, 72, 8), 5), "cream");
  pen(turn(line("M 258 186 L 338 186", 7), 5), "base");
  pen(turn(line("M 258 208 L 314 208", 5), 5), "grey");
  pen(turn(line("M 300 486 L 304 540", 11), 5), "red");
};

const fountainPen: Drawing = (pen) => {
  const at = (shape: ReturnType<typeof box>) => turn(shape, 38);
  pen(line("M 96 486 Q 190 430 250 476 Q 300 506 360 470", 6), "deep", 0.6);
  pen(at(area("M 284 410 L 316 410 L 302 500 L 298 500 Z", 2)), "gold");
  pen(at(line("M 300 440 L 300 492", 3)), "bark");
  pen(at(box(278, 336, 44, 80, 12)), "ink");
  pen(at(box(270, 120, 60, 226, 16)), "base");
  pen(at(box(312, 120, 18, 226, 9)), "dark");
  pen(at(box(266, 60, 68, 130, 22)), "deep");
  pen(at(box(266, 176, 68, 16)), "gold");
  pen(at(box(326, 76, 16, 120, 8)), "gold");
};

const organiser: Drawing = (pen) => {
  shade(pen, ellipse(300, 488, 190, 14));
  pen(box(200, 110, 20, 200, 6), "sun");
  pen(area("M 200 112 L 210 78 L 220 112 Z"), "oak");
  pen(box(240, 140, 18, 180, 6), "red");
  pen(box(282, 100, 22, 220, 8), "ink");
  pen(box(350, 150, 76, 160, 4), "paper");
  pen(box(366, 130, 76, 160, 4), "sky");
  pen(box(126, 240, 200, 246, 16), "base");
  pen(box(318, 280, 156, 206, 16), "light");
  pen(box(126, 380, 348, 106, 16), "dark");
  pen(line("M 300 384 L 300 482", 5), "deep");
  pen(circle(212, 432, 13), "gold");
  pen(circle(388, 432, 13), "gold");
};

const ukulele: Drawing = (pen) => {
  const at = (shape: ReturnType<typeof box>) => turn(shape, 30);
  pen(at(box(282, 60, 36, 270, 6)), "bark");
  pen(at(area("M 270 40 L 330 40 L 322 108 L 278 108 Z", 8)), "deep");
  for (const x of [262, 338]) for (const y of [56, 86]) pen(at(circle(x, y, 9)), "silver");
  pen(at(half("M 300 290 Q 386 286 378 356 Q 366 386 400 420 Q 430 530 300 536", 4)), "base");
  pen(at(circle(300, 376, 36)), "cocoa");
  pen(at(rim(circle(300, 376, 42), 5)), "oak");
  pen(at(box(262, 470, 76, 18, 6)), "bark");
  for (const x of [289, 296, 304, 311]) pen(at(line(`M ${x} 64 L ${x} 476`, 2)), "cream");
};

const paints: Drawing = (pen) => {
  pen(box(112, 196, 384, 268, 26), "ink", 0.15);
  pen(box(104, 180, 384, 268, 26), "white");
  pen(rim(box(104, 180, 384, 268, 26), 8), "base");
  const colours = ["red", "amber", "sun", "leaf", "sky", "base", "rose", "bark"] as const;
  for (const [i, tone] of colours.entries()) {
    const [x, y] = [164 + (i % 4) * 88, 250 + Math.floor(i / 4) * 76];
    pen(circle(x, y, 33), "silver");
    pen(circle(x, y, 28), tone);
    pen(ellipse(x - 8, y - 9, 9, 6), "white", 0.5);
  }
  pen(line("M 130 402 L 462 402", 6), "silver");
  pen(turn(box(150, 404, 250, 18, 9), -14), "wood");
  pen(turn(box(394, 402, 46, 22, 4), -14), "silver");
  pen(turn(area("M 440 402 Q 486 404 500 414 Q 480 424 440 424 Z"), -14), "base");
};

const globe: Drawing = (pen) => {
  shade(pen, ellipse(300, 506, 120, 12));
  pen(rim(circle(300, 262, 182), 13), "gold");
  const ball = circle(300, 262, 152);
  pen(ball, "base");
  pen(
    within(area("M 200 170 Q 280 120 300 190 Q 260 230 286 276 Q 240 330 210 270 Q 160 230 200 170 Z"), ball),
    "leaf",
  );
  pen(
    within(area("M 340 220 Q 420 180 450 250 Q 430 330 380 370 Q 350 320 360 280 Q 320 260 340 220 Z"), ball),
    "leaf",
  );
  pen(within(area("M 250 350 Q 300 340 320 380 Q 290 420 250 390 Z"), ball), "leaf");
  pen(within(rim(circle(250, 212, 200), 5), ball), "light", 0.6);
  pen(line("M 300 440 L 300 480", 18), "bark");
  pen(box(208, 476, 184, 30, 15), "bark");
};

const stickyNotes: Drawing = (pen) => {
  for (const [dx, dy, degrees, tone] of [
    [-70, 40, -12, "rose"],
    [70, 50, 12, "sky"],
    [0, -10, 2, "base"],
  ] as const) {
    const sheet = move(turn(box(190, 180, 220, 220, 4), degrees), dx, dy);
    pen(move(sheet, 7, 9), "ink", 0.14);
    pen(sheet, tone);
    for (const y of [240, 280, 320]) {
      pen(move(turn(line(`M 222 ${y} L ${y === 320 ? 320 : 378} ${y}`, 6), degrees), dx, dy), "ink", 0.4);
    }
  }
  pen(within(stripes(box(192, 172, 220, 26), { step: 12, width: 3 }), box(192, 172, 220, 26)), "deep", 0.25);
};

export const PLAY = {
  blocks,
  book,
  congklak,
  elephant,
  fountainPen,
  globe,
  kite,
  notebook,
  organiser,
  paints,
  pencils,
  puzzle,
  stickyNotes,
  truck,
  ukulele,
} as const;
