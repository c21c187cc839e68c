import { dots, stripes } from "./patterns.ts";
import { type Drawing, type Pen, pair, shade } from "./pen.ts";
import { area, box, circle, ellipse, half, line, minus, rim, turn, within } from "./shapes.ts";

const bean = (pen: Pen, x: number, y: number, degrees: number): void => {
  pen(turn(ellipse(x, y, 17, 24), degrees, x, y), "coffee");
  pen(turn(line(`M ${x} ${y - 20} Q ${x + 8} ${y} ${x} ${y + 20}`, 4), degrees, x, y), "oak");
};

const coffeeBag: Drawing = (pen) => {
  shade(pen, ellipse(300, 496, 150, 14));
  const body = half("M 300 150 L 398 150 L 414 486 Q 360 500 300 500", 6);
  pen(body, "base");
  pen(within(area("M 372 140 L 420 140 L 436 510 L 392 510 Z"), body), "dark");
  pen(half("M 300 96 L 392 96 L 400 152 L 300 152", 4), "deep");
  pen(line("M 204 124 L 396 124", 5), "base");
  pen(box(222, 226, 156, 190, 10), "cream");
  bean(pen, 272, 300, -24);
  bean(pen, 324, 288, 28);
  bean(pen, 302, 340, 80);
  pen(line("M 250 386 L 350 386", 8), "base");
  pen(line("M 270 404 L 330 404", 5), "grey");
  pen(circle(300, 190, 12), "deep");
};

const teaTin: Drawing = (pen) => {
  shade(pen, ellipse(300, 484, 160, 16));
  pen(box(170, 196, 260, 286, 16), "base");
  pen(box(384, 196, 46, 286, 16), "dark");
  pen(box(160, 142, 280, 70, 16), "deep");
  pen(line("M 176 196 L 424 196", 4), "light");
  pen(ellipse(300, 346, 92, 100), "cream");
  pen(area("M 300 286 Q 352 330 300 404 Q 248 330 300 286 Z"), "leaf");
  pen(line("M 300 306 L 300 414", 5), "moss");
  pair(pen, area("M 304 396 Q 320 344 368 340 Q 362 388 304 396 Z"), "moss");
};

const JAR = half("M 300 176 L 386 176 Q 424 206 424 250 L 424 450 Q 424 484 390 484 L 300 484", 4);
const honeyJar: Drawing = (pen) => {
  shade(pen, ellipse(300, 490, 150, 14));
  pen(JAR, "base");
  pen(within(box(372, 170, 60, 330), JAR), "dark", 0.7);
  pen(within(box(190, 170, 26, 330), JAR), "pale", 0.5);
  pen(box(200, 118, 200, 62, 14), "gold");
  pen(line("M 204 164 L 396 164", 5), "amber");
  pen(box(206, 286, 188, 138, 12), "cream");
  const cell = (x: number, y: number) =>
    pen(
      area(
        `M ${x} ${y - 26} L ${x + 22} ${y - 13} L ${x + 22} ${y + 13} L ${x} ${y + 26}
          L ${x - 22} ${y + 13} L ${x - 22} ${y - 13} Z`,
      ),
      "gold",
    );
  cell(276, 334);
  cell(324, 334);
  cell(300, 378);
};

const sambalJar: Drawing = (pen) => {
  shade(pen, ellipse(300, 490, 150, 14));
  pen(JAR, "base");
  pen(dots(JAR, 30, 5), "sun");
  pen(within(box(380, 170, 60, 330), JAR), "deep", 0.4);
  pen(box(198, 116, 204, 66, 14), "black");
  pen(box(200, 276, 200, 152, 10), "cream");
  pen(area("M 246 322 Q 330 300 366 376 Q 372 396 358 398 Q 290 392 240 344 Z", 2), "red");
  pen(line("M 246 330 Q 230 320 226 300", 9), "leaf");
};

const bottle: Drawing = (pen) => {
  shade(pen, ellipse(300, 500, 120, 12));
  const body = half(
    "M 300 132 L 336 132 L 336 196 Q 396 226 396 290 L 396 470 Q 396 496 368 496 L 300 496",
    4,
  );
  pen(body, "base");
  pen(within(box(360, 120, 60, 400), body), "dark", 0.7);
  pen(within(box(212, 230, 18, 250), body), "pale", 0.7);
  pen(box(258, 84, 84, 56, 10), "ink");
  pen(box(204, 306, 192, 130, 4), "cream");
  pen(circle(300, 352, 28), "base");
  pen(line("M 244 402 L 356 402", 7), "deep");
  pen(line("M 262 420 L 338 420", 4), "grey");
};

const sauceBottle: Drawing = (pen) => {
  shade(pen, ellipse(300, 502, 104, 12));
  const body = half(
    "M 300 110 L 326 110 L 330 208 Q 378 252 378 310 L 378 478 Q 378 500 354 500 L 300 500",
    4,
  );
  pen(body, "cocoa");
  pen(within(box(226, 300, 16, 190), body), "wood", 0.6);
  pen(box(264, 70, 72, 60, 10), "base");
  pen(box(218, 316, 164, 134, 4), "base");
  pen(rim(box(228, 326, 144, 114, 4), 4), "gold");
  pen(ellipse(300, 374, 44, 32), "cream");
  pen(line("M 258 424 L 342 424", 6), "gold");
};

const chocolate: Drawing = (pen) => {
  const bar = turn(box(206, 110, 188, 380, 8), 14);
  pen(turn(box(214, 118, 188, 380, 8), 14), "black", 0.25);
  pen(bar, "coffee");
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      pen(turn(box(218 + column * 57, 120 + row * 57, 50, 50, 6), 14), "cocoa");
      pen(turn(box(226 + column * 57, 126 + row * 57, 34, 8, 4), 14), "wood");
    }
  }
  pen(
    turn(
      area("M 200 300 L 228 284 L 258 302 L 292 282 L 326 304 L 360 284 L 400 302 L 400 316 L 200 316 Z"),
      14,
    ),
    "silver",
  );
  pen(turn(box(200, 312, 200, 184, 6), 14), "base");
  pen(turn(box(200, 340, 200, 14), 14), "gold");
  pen(turn(ellipse(300, 414, 58, 40), 14), "cream");
  pen(turn(area("M 262 414 Q 300 380 338 414 Q 300 448 262 414 Z"), 14), "bark");
};

const snackBag: Drawing = (pen) => {
  shade(pen, ellipse(300, 500, 150, 12));
  const teeth = (y: number, up: number) =>
    Array.from({ length: 13 }, (_, i) => `L ${184 + i * 19.4} ${y - (i % 2) * up}`).join(" ");
  pen(area(`M 180 130 ${teeth(112, 12)} L 424 130 Z`, 2), "dark");
  const body = half("M 300 128 L 420 128 Q 404 300 424 470 L 300 470", 4);
  pen(body, "base");
  pen(area(`M 176 470 ${teeth(496, -12)} L 426 470 Z`, 2), "dark");
  pen(within(area("M 392 120 Q 376 300 400 480 L 440 480 L 440 120 Z"), body), "dark", 0.8);
  pen(line("M 208 150 Q 214 300 204 452", 8), "light");
  pen(circle(300, 282, 82), "cream");
  for (const [x, y, degrees] of [
    [276, 262, 20],
    [326, 270, -30],
    [300, 314, 70],
  ] as const) {
    pen(turn(ellipse(x, y, 36, 24), degrees, x, y), "gold");
    pen(turn(ellipse(x, y, 20, 11), degrees, x, y), "sun");
  }
  pen(line("M 236 408 L 364 408", 14), "cream");
  pen(line("M 262 436 L 338 436", 8), "pale");
};

const pouch: Drawing = (pen) => {
  shade(pen, ellipse(300, 496, 160, 14));
  const body = half("M 300 118 L 404 118 L 404 420 Q 440 470 420 490 Q 360 504 300 504", 6);
  pen(body, "base");
  pen(half("M 300 436 Q 380 440 424 486 Q 360 504 300 504", 4), "dark");
  pen(half("M 300 112 L 408 112 L 408 154 L 300 154", 4), "deep");
  pen(line("M 200 134 L 400 134", 4), "light");
  pen(box(220, 196, 160, 196, 80), "cream");
  pen(half("M 300 300 L 352 300 Q 350 350 300 354"), "base");
  pen(ellipse(300, 300, 54, 14), "amber");
  for (const x of [272, 300, 328])
    pen(line(`M ${x} 276 Q ${x - 12} 260 ${x} 246 Q ${x + 10} 234 ${x} 222`, 6), "grey");
};

const spiceTin: Drawing = (pen) => {
  shade(pen, ellipse(300, 470, 140, 14));
  pen(box(196, 220, 208, 248, 18), "base");
  pen(box(360, 220, 44, 248, 18), "dark");
  pen(box(188, 170, 224, 60, 14), "silver");
  pen(line("M 200 216 L 400 216", 5), "steel");
  pen(box(196, 284, 208, 126), "cream");
  for (let i = 0; i < 8; i++) {
    pen(turn(area("M 300 346 Q 312 316 300 296 Q 288 316 300 346 Z"), i * 45, 300, 346), "bark");
    pen(turn(ellipse(300, 318, 4, 8), i * 45, 300, 346), "gold");
  }
};

const riceBag: Drawing = (pen) => {
  shade(pen, ellipse(300, 498, 170, 14));
  const body = half("M 300 184 L 356 176 Q 452 246 444 380 Q 442 494 380 496 L 300 498", 4);
  pen(half("M 300 112 Q 384 92 384 118 L 352 180 L 300 184", 4), "wood");
  pen(body, "oak");
  pen(stripes(body, { step: 22, width: 3, degrees: 90 }), "wood", 0.6);
  pen(line("M 244 182 L 356 182", 16), "base");
  pen(circle(300, 352, 86), "base");
  for (let i = 0; i < 9; i++) {
    const [x, y] = [266 + (i % 3) * 34, 322 + Math.floor(i / 3) * 30];
    pen(turn(ellipse(x, y, 7, 14), 30 + i * 26, x, y), "white");
  }
};

const nutJar: Drawing = (pen) => {
  shade(pen, ellipse(300, 490, 150, 14));
  pen(JAR, "glass");
  const inside = half("M 300 220 L 410 240 L 412 446 Q 412 472 386 472 L 300 472", 2);
  pen(inside, "oak");
  for (let i = 0; i < 34; i++) {
    const [x, y] = [210 + (i % 6) * 36 + (Math.floor(i / 6) % 2) * 18, 246 + Math.floor(i / 6) * 38];
    const kernel = minus(circle(x, y, 17), circle(x + 7, y - 9, 12));
    pen(within(turn(kernel, i * 47, x, y), inside), "wood");
  }
  pen(box(200, 118, 200, 62, 14), "base");
  pen(box(214, 320, 172, 88, 8), "cream");
  pen(line("M 240 352 L 360 352", 10), "base");
  pen(line("M 262 380 L 338 380", 6), "grey");
};

const sugarBlock: Drawing = (pen) => {
  shade(pen, ellipse(300, 462, 190, 16));
  const disc = (x: number, y: number, r: number) => {
    pen(box(x - r, y, 2 * r, 64, 12), "dark");
    pen(ellipse(x, y + 4, r, 28), "base");
    pen(ellipse(x - 6, y, r - 26, 16), "light");
  };
  disc(236, 388, 104);
  disc(382, 388, 92);
  disc(306, 306, 104);
  pen(area("M 300 300 Q 230 220 150 232 Q 190 292 300 300 Z"), "moss");
  pen(area("M 300 300 Q 360 196 452 212 Q 420 290 300 300 Z"), "leaf");
};

export const PANTRY = {
  bottle,
  chocolate,
  coffeeBag,
  honeyJar,
  nutJar,
  pouch,
  riceBag,
  sambalJar,
  sauceBottle,
  snackBag,
  spiceTin,
  sugarBlock,
  teaTin,
} as const;
