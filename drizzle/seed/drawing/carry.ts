import { stripes } from "./patterns.ts";
import { type Drawing, pair, shade } from "./pen.ts";
import { area, box, circle, ellipse, half, line, minus, move, rim, turn, within } from "./shapes.ts";

const sneaker: Drawing = (pen) => {
  shade(pen, ellipse(304, 430, 210, 18));
  const upper = area(
    `M 122 232 Q 150 214 190 226 Q 220 262 270 236 L 300 214 Q 372 290 450 312 Q 500 328 496 384
      L 116 384 Q 100 300 122 232 Z`,
    4,
  );
  pen(upper, "base");
  pen(within(area("M 404 296 Q 510 300 510 390 L 396 390 Q 380 330 404 296 Z"), upper), "cream");
  pen(within(area("M 100 220 L 168 220 L 160 390 L 100 390 Z"), upper), "dark");
  pen(area("M 266 240 L 300 214 Q 352 272 406 294 Q 372 330 334 322 Q 290 292 266 240 Z"), "light");
  for (const [x, y] of [
    [292, 250],
    [322, 276],
    [354, 298],
  ] as const) {
    pen(line(`M ${x - 16} ${y + 16} L ${x + 14} ${y - 8}`, 7), "white");
  }
  pen(line("M 190 346 Q 260 346 322 300", 13), "cream");
  pen(area("M 106 378 L 502 378 Q 516 420 484 424 L 126 424 Q 98 420 106 378 Z", 4), "white");
  pen(line("M 110 412 L 496 412", 6), "base");
};

const loafer: Drawing = (pen) => {
  shade(pen, ellipse(304, 426, 210, 16));
  const upper = area(
    `M 118 262 Q 150 244 206 262 Q 268 316 338 286 Q 366 270 400 300 Q 500 320 504 386 L 112 390
      Q 100 320 118 262 Z`,
    4,
  );
  pen(upper, "base");
  pen(
    area("M 118 262 Q 150 244 206 262 Q 268 316 338 286 L 330 302 Q 250 338 196 280 Q 150 262 122 276 Z"),
    "deep",
  );
  pen(area("M 318 290 Q 350 268 388 296 L 368 372 L 294 372 Q 290 330 318 290 Z", 3), "dark");
  pen(line("M 300 330 L 382 322", 16), "light");
  pen(line("M 386 350 Q 440 330 494 360", 4), "dark");
  pen(
    area("M 106 386 L 506 382 Q 516 412 492 414 L 250 414 L 244 420 L 112 420 Q 104 404 106 386 Z", 2),
    "bark",
  );
};

const sandal: Drawing = (pen) => {
  const sole = area(
    `M 240 118 Q 340 92 366 196 Q 380 262 348 330 Q 330 400 356 452 Q 352 512 292 512
      Q 234 506 236 446 Q 250 380 226 310 Q 180 160 240 118 Z`,
    4,
  );
  pen(move(sole, 12, 10), "bark");
  pen(sole, "oak");
  pen(rim(move(sole, 0, 0), 5), "wood");
  pen(within(line("M 190 300 Q 280 150 392 236", 40), circle(290, 250, 118)), "base");
  pen(within(line("M 196 226 Q 310 170 384 300", 40), circle(290, 250, 118)), "dark");
  pen(line("M 232 448 Q 292 396 358 446", 30), "base");
  pen(box(336, 422, 28, 34, 5), "gold");
};

const flipflop: Drawing = (pen) => {
  const left = turn(
    area(
      `M 200 130 Q 270 108 286 200 Q 292 260 272 330 Q 262 400 276 440 Q 270 484 228 482
        Q 186 478 190 430 Q 196 380 178 300 Q 150 160 200 130 Z`,
      4,
    ),
    -6,
  );
  for (const [foot, dx] of [
    [left, 0],
    [move(left, 178, 14), 178],
  ] as const) {
    const dy = dx === 0 ? 0 : 14;
    pen(move(foot, 9, 9), "deep");
    pen(foot, "pale");
    pen(rim(foot, 6), "light");
    pen(line(`M ${168 + dx} ${318 + dy} Q ${176 + dx} ${236 + dy} ${206 + dx} ${204 + dy}`, 17), "base");
    pen(line(`M ${206 + dx} ${204 + dy} Q ${262 + dx} ${234 + dy} ${272 + dx} ${310 + dy}`, 17), "base");
    pen(circle(206 + dx, 204 + dy, 13), "dark");
  }
};

const boot: Drawing = (pen) => {
  shade(pen, ellipse(310, 478, 190, 16));
  const upper = area(
    "M 178 120 L 322 120 L 318 286 Q 336 334 420 352 Q 480 368 482 440 L 172 440 Q 160 290 178 120 Z",
    6,
  );
  pen(upper, "base");
  pen(within(area("M 160 110 L 226 110 L 212 450 L 150 450 Z"), upper), "dark");
  pen(area("M 234 200 Q 270 192 290 204 L 294 300 Q 268 316 236 304 Z", 4), "deep");
  pen(within(area("M 400 336 Q 500 350 500 450 L 392 450 Q 380 390 400 336 Z"), upper), "light");
  pen(line("M 176 122 L 324 122", 22), "deep");
  pen(line("M 180 108 Q 166 84 186 76 Q 204 84 196 110", 9), "dark");
  pen(
    area("M 166 436 L 486 436 Q 496 468 474 470 L 268 470 L 262 482 L 168 482 Q 160 460 166 436 Z", 2),
    "cocoa",
  );
};

const tote: Drawing = (pen) => {
  shade(pen, ellipse(300, 492, 170, 14));
  pen(line("M 238 240 Q 226 96 300 96 Q 374 96 362 240", 18), "deep");
  const body = half("M 300 214 L 432 214 L 456 478 Q 380 492 300 492", 6);
  pen(body, "base");
  pen(within(box(130, 208, 340, 28), body), "dark");
  pair(pen, box(346, 214, 32, 60, 4), "dark");
  pen(circle(300, 360, 62), "cream");
  pen(area("M 300 316 Q 346 346 300 404 Q 254 346 300 316 Z"), "base");
  pen(line("M 300 330 L 300 400", 5), "cream");
};

const backpack: Drawing = (pen) => {
  shade(pen, ellipse(300, 498, 150, 14));
  pen(line("M 262 134 Q 262 86 300 86 Q 338 86 338 134", 16), "deep");
  pair(pen, line("M 412 240 Q 462 330 430 440", 26), "deep");
  const body = half("M 300 122 Q 424 122 424 260 L 424 450 Q 424 492 380 492 L 300 492", 4);
  pen(body, "base");
  pen(within(line("M 170 262 Q 300 300 430 262", 10), body), "dark");
  pen(half("M 300 316 L 378 316 Q 394 318 394 336 L 394 440 Q 392 462 370 462 L 300 462", 4), "dark");
  pen(line("M 214 358 L 386 358", 6), "deep");
  pen(line("M 330 358 L 330 388", 8), "gold");
  pen(box(268, 196, 64, 40, 8), "cream");
  pair(pen, box(352, 240, 18, 72, 6), "light");
};

const slingBag: Drawing = (pen) => {
  pen(line("M 178 300 Q 170 84 300 84 Q 430 84 422 300", 14), "deep");
  const body = half("M 300 256 L 436 256 L 446 440 Q 440 476 400 476 L 300 476", 8);
  pen(body, "base");
  pen(half("M 300 250 L 440 250 L 436 350 Q 380 396 300 396", 6), "dark");
  pen(half("M 300 250 L 440 250 L 436 342 Q 380 386 300 386", 6), "base");
  pen(box(278, 364, 44, 52, 8), "gold");
  pen(circle(300, 390, 8), "bark");
  pair(pen, circle(424, 276, 11), "gold");
};

const wallet: Drawing = (pen) => {
  const back = turn(box(170, 190, 270, 200, 18), -8);
  pen(move(back, 8, 10), "deep");
  pen(back, "dark");
  pen(turn(box(196, 162, 210, 60, 6), -8), "cream");
  pen(turn(box(210, 146, 190, 50, 6), -8), "sky");
  const front = turn(box(160, 210, 280, 210, 20), -8);
  pen(front, "base");
  pen(rim(turn(box(174, 224, 252, 182, 12), -8), 4), "light");
  pen(turn(box(356, 280, 92, 60, 20), -8), "deep");
  pen(turn(circle(382, 310, 13), -8), "gold");
};

const belt: Drawing = (pen) => {
  pen(rim(ellipse(300, 300, 176, 160), 54), "base");
  pen(rim(ellipse(300, 300, 176, 160), 40), "dark");
  pen(rim(ellipse(300, 300, 176, 160), 34), "base");
  pen(area("M 270 412 L 470 424 L 470 484 L 270 486 Z", 6), "base");
  pen(line("M 284 424 L 466 434", 3), "pale");
  pen(line("M 284 474 L 466 474", 3), "pale");
  pen(rim(box(220, 404, 84, 92, 12), 15), "gold");
  pen(line("M 226 450 L 318 450", 10), "gold");
  for (const x of [352, 390, 428]) pen(circle(x, 454, 7), "deep");
};

const rattanBag: Drawing = (pen) => {
  pen(line("M 196 236 Q 200 70 300 70 Q 400 70 404 236", 13), "base");
  const disc = circle(300, 336, 168);
  pen(circle(308, 344, 168), "cane");
  pen(disc, "rattan");
  for (const radius of [32, 62, 92, 122, 150]) pen(rim(circle(300, 336, radius), 5), "cane");
  for (let i = 0; i < 12; i++)
    pen(within(turn(line("M 300 336 L 300 170", 4), i * 30, 300, 336), disc), "oak");
  pen(circle(300, 336, 20), "bark");
  pair(pen, box(388, 220, 24, 40, 6), "base");
  pen(box(282, 164, 36, 58, 8), "base");
  pen(circle(300, 206, 8), "gold");
};

const sleeve: Drawing = (pen) => {
  const body = turn(box(122, 176, 356, 262, 26), -6);
  pen(move(body, 10, 12), "deep");
  pen(turn(box(150, 142, 300, 120, 14), -6), "silver");
  pen(body, "base");
  pen(turn(line("M 134 214 L 466 214", 7), -6), "deep");
  pen(turn(box(440, 200, 30, 28, 8), -6), "gold");
  pen(turn(box(154, 366, 64, 36, 6), -6), "bark");
  pen(stripes(turn(box(122, 250, 356, 92), -6), { step: 24, width: 4, degrees: -6 }), "dark", 0.6);
};

const umbrella: Drawing = (pen) => {
  const canopy = minus(
    half("M 300 120 Q 492 130 500 320 L 300 320", 2),
    ...[136, 218, 300, 382, 464].map((x) => ellipse(x, 322, 42, 22)),
  );
  pen(line("M 300 96 L 300 446 Q 300 492 264 492 Q 230 490 232 456", 13), "bark");
  pen(canopy, "base");
  pen(within(area("M 300 118 Q 214 190 216 330 L 384 330 Q 386 190 300 118 Z"), canopy), "light");
  pen(within(area("M 300 118 Q 470 180 470 330 L 520 330 L 520 110 Z"), canopy), "dark");
  pen(within(area("M 300 118 Q 130 180 130 330 L 80 330 L 80 110 Z"), canopy), "dark");
};

const sunglasses: Drawing = (pen) => {
  pair(pen, line("M 474 260 Q 520 262 516 330 Q 512 380 498 392", 15), "deep");
  const lens = area("M 320 256 Q 400 240 474 256 Q 486 350 420 372 Q 340 376 320 256 Z", 8);
  pair(pen, lens, "base");
  pair(pen, area("M 334 268 Q 400 254 462 268 Q 470 340 416 358 Q 350 360 334 268 Z", 4), "black");
  pair(pen, line("M 356 284 L 384 336", 12), "grey", 0.5);
  pen(line("M 268 272 Q 300 252 332 272", 16), "base");
};

const watch: Drawing = (pen) => {
  pen(half("M 300 84 L 352 84 L 366 200 L 300 200", 8), "base");
  pen(half("M 300 400 L 366 400 L 352 516 L 300 516", 8), "base");
  pen(
    within(
      stripes(half("M 300 84 L 352 84 L 366 200 L 300 200"), { step: 24, width: 4 }),
      box(240, 80, 120, 120),
    ),
    "dark",
  );
  for (const y of [440, 464, 488]) pen(ellipse(300, y, 8, 5), "deep");
  pen(box(414, 284, 22, 32, 6), "steel");
  pen(circle(300, 300, 122), "steel");
  pen(circle(300, 300, 106), "paper");
  for (let i = 0; i < 12; i++) {
    pen(turn(line("M 300 208 L 300 218", i % 3 === 0 ? 8 : 4), i * 30), "ink");
  }
  pen(line("M 300 300 L 300 236", 9), "ink");
  pen(line("M 300 300 L 350 326", 7), "ink");
  pen(line("M 288 278 L 326 372", 3), "red");
  pen(circle(300, 300, 9), "ink");
};

export const CARRY = {
  backpack,
  belt,
  boot,
  flipflop,
  loafer,
  rattanBag,
  sandal,
  sleeve,
  slingBag,
  sneaker,
  sunglasses,
  tote,
  umbrella,
  wallet,
  watch,
} as const;
