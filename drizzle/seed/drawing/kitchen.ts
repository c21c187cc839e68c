import { type Drawing, pair, shade } from "./pen.ts";
import { area, box, circle, ellipse, flip, half, line, minus, move, rim, turn, within } from "./shapes.ts";

const wok: Drawing = (pen) => {
  shade(pen, ellipse(280, 446, 150, 16));
  pen(line("M 420 306 L 548 232", 26), "wood");
  pen(line("M 400 316 L 452 288", 20), "steel");
  pen(rim(ellipse(84, 312, 34, 26), 12), "steel");
  const body = area("M 82 300 L 462 300 Q 448 442 272 446 Q 100 442 82 300 Z", 4);
  pen(body, "base");
  pen(within(area("M 350 290 Q 372 420 250 450 L 470 450 L 470 290 Z"), body), "dark");
  pen(ellipse(272, 300, 194, 34), "deep");
  pen(ellipse(272, 306, 168, 24), "dark");
};

const pan: Drawing = (pen) => {
  pen(line("M 396 396 L 506 506", 34), "wood");
  pen(line("M 372 372 L 412 412", 26), "steel");
  pen(circle(508, 508, 8), "cream");
  pen(circle(258, 262, 170), "base");
  pen(circle(258, 262, 148), "dark");
  pen(circle(258, 262, 122), "base");
  pen(line("M 176 224 Q 196 178 246 164", 10), "light");
};

const pot: Drawing = (pen) => {
  shade(pen, ellipse(300, 462, 180, 16));
  pair(pen, line("M 440 300 Q 500 296 500 330 Q 500 356 440 352", 18), "deep");
  const body = half("M 300 250 L 444 250 L 436 420 Q 430 462 386 462 L 300 462", 4);
  pen(body, "base");
  pen(within(box(390, 240, 70, 240), body), "dark");
  pen(within(box(176, 260, 18, 180), body), "light");
  pen(half("M 300 188 Q 432 192 448 246 L 300 246", 4), "dark");
  pen(box(142, 236, 316, 22, 11), "deep");
  pen(box(282, 150, 36, 44, 14), "wood");
};

const knife: Drawing = (pen) => {
  const blade = turn(area("M 120 268 L 392 268 L 392 346 Q 220 352 120 268 Z", 3), -28);
  pen(blade, "silver");
  pen(within(turn(area("M 110 300 Q 230 340 400 322 L 400 360 L 110 360 Z"), -28), blade), "white");
  pen(turn(box(386, 258, 22, 62, 5), -28), "steel");
  pen(turn(area("M 402 262 L 520 262 Q 544 290 524 322 L 402 316 Z", 6), -28), "base");
  for (const x of [432, 468, 504]) pen(turn(circle(x, 290, 7), -28), "cream");
};

const board: Drawing = (pen) => {
  const plank = turn(box(180, 150, 240, 336, 26), 10);
  const handle = turn(box(262, 80, 76, 110, 30), 10);
  pen(move(plank, 10, 12), "bark");
  pen(handle, "base");
  pen(plank, "base");
  pen(turn(circle(300, 112, 15), 10), "paper");
  for (const [x, d] of [
    [216, 12],
    [262, -10],
    [320, 14],
    [372, -8],
  ] as const) {
    pen(within(turn(line(`M ${x} 150 Q ${x + d} 320 ${x} 486`, 5), 10), plank), "dark", 0.6);
  }
  pen(rim(turn(box(196, 168, 208, 300, 18), 10), 4), "light");
};

const mortar: Drawing = (pen) => {
  shade(pen, ellipse(296, 452, 190, 18));
  pen(line("M 350 236 L 446 126", 44), "grey");
  pen(line("M 428 148 L 456 116", 56), "base");
  const body = area(
    "M 112 262 L 480 262 Q 474 400 380 434 L 372 452 L 220 452 L 212 434 Q 116 400 112 262 Z",
    4,
  );
  pen(body, "base");
  pen(within(area("M 400 250 Q 400 400 300 460 L 490 460 L 490 250 Z"), body), "dark");
  pen(ellipse(296, 262, 186, 36), "light");
  pen(ellipse(296, 266, 152, 25), "deep");
  pen(line("M 330 262 L 372 212", 44), "grey");
  pen(ellipse(250, 270, 40, 11), "red");
};

const kettle: Drawing = (pen) => {
  shade(pen, ellipse(300, 470, 170, 16));
  pen(area("M 166 360 L 92 262 L 126 246 L 206 300 Z", 6), "dark");
  pen(line("M 214 246 Q 220 130 310 130 Q 400 130 404 246", 22), "wood");
  const body = half("M 300 232 Q 404 234 428 352 Q 438 436 420 466 L 300 466", 4);
  pen(body, "base");
  pen(within(area("M 370 230 Q 420 350 380 480 L 460 480 L 460 230 Z"), body), "dark");
  pen(line("M 206 300 Q 186 350 190 420", 12), "pale");
  pen(half("M 300 216 L 356 220 L 368 244 L 300 244", 4), "deep");
  pen(circle(300, 204, 18), "wood");
};

const teapot: Drawing = (pen) => {
  shade(pen, ellipse(300, 450, 160, 14));
  pen(line("M 424 290 Q 520 272 502 352 Q 490 400 416 396", 22), "dark");
  pen(area("M 186 372 Q 130 360 106 270 L 74 262 L 96 236 L 142 252 Q 160 306 200 310 Z", 4), "dark");
  const body = circle(300, 340, 132);
  pen(within(body, box(100, 236, 400, 212)), "base");
  pen(
    within(within(area("M 360 200 Q 440 340 340 480 L 480 480 L 480 200 Z"), body), box(100, 236, 400, 212)),
    "dark",
  );
  pen(box(232, 436, 136, 16, 8), "deep");
  pen(half("M 300 208 Q 366 212 380 246 L 300 246", 3), "light");
  pen(circle(300, 198, 19), "deep");
  for (let i = 0; i < 5; i++) pen(turn(ellipse(266, 320, 12, 26), i * 72, 266, 350), "cream");
  pen(circle(266, 350, 10), "gold");
};

const mug: Drawing = (pen) => {
  shade(pen, ellipse(290, 466, 150, 16));
  pen(line("M 402 256 C 506 240 506 402 396 396", 28), "dark");
  const body = area("M 172 196 L 412 196 L 402 440 Q 400 464 376 464 L 208 464 Q 184 464 182 440 Z", 4);
  pen(body, "base");
  pen(within(box(354, 180, 70, 300), body), "dark");
  pen(within(area("M 160 350 Q 230 310 300 350 Q 360 384 430 340 L 430 480 L 160 480 Z"), body), "cream");
  pen(ellipse(292, 198, 122, 26), "light");
  pen(ellipse(292, 202, 102, 18), "coffee");
  for (const x of [250, 300, 350])
    pen(line(`M ${x} 160 Q ${x - 16} 138 ${x} 118 Q ${x + 14} 102 ${x} 82`, 7), "grey", 0.4);
};

const plates: Drawing = (pen) => {
  shade(pen, circle(322, 324, 190));
  pen(circle(312, 312, 190), "base");
  pen(circle(312, 312, 172), "light");
  pen(circle(296, 296, 152), "base");
  pen(circle(296, 296, 138), "cream");
  pen(rim(circle(296, 296, 118), 7), "base");
  for (let i = 0; i < 16; i++) pen(turn(ellipse(296, 166, 5, 9), i * 22.5, 296, 296), "base");
  pen(rim(circle(296, 296, 82), 3), "light");
};

const bowl: Drawing = (pen) => {
  shade(pen, ellipse(300, 448, 140, 14));
  const body = half("M 300 270 L 470 270 Q 460 420 352 434 L 348 450 L 300 450", 4);
  pen(body, "base");
  pen(within(area("M 390 260 Q 400 400 300 460 L 490 460 L 490 260 Z"), body), "dark");
  pen(within(rim(ellipse(300, 290, 170, 34), 8), box(120, 296, 360, 60)), "cream");
  pen(ellipse(300, 270, 174, 34), "light");
  pen(ellipse(300, 274, 150, 25), "cream");
  pen(line("M 208 122 L 356 286", 11), "wood");
  pen(line("M 250 112 L 372 286", 11), "bark");
};

const tumblers: Drawing = (pen) => {
  shade(pen, ellipse(300, 464, 200, 14));
  const glass = area("M 130 190 L 282 190 L 268 456 Q 264 464 250 464 L 162 464 Q 148 464 144 456 Z", 3);
  for (const [dx, tone] of [
    [188, "light"],
    [0, "base"],
  ] as const) {
    pen(move(glass, dx, 0), "glass");
    pen(move(within(glass, box(120, 280, 170, 190)), dx, 0), tone);
    pen(move(ellipse(206, 190, 77, 17), dx, 0), "white");
    pen(move(within(ellipse(206, 282, 72, 14), glass), dx, 0), "pale");
    pen(move(line("M 158 220 L 166 420", 9), dx, 0), "white", 0.8);
  }
};

const lunchbox: Drawing = (pen) => {
  shade(pen, ellipse(300, 460, 200, 14));
  pen(box(120, 330, 360, 128, 26), "cream");
  pen(box(120, 404, 360, 54, 26), "oak", 0.5);
  pen(box(120, 226, 360, 116, 26), "light");
  pen(box(112, 186, 376, 62, 24), "base");
  pen(box(256, 176, 88, 286, 14), "dark");
  pen(box(270, 300, 60, 42, 8), "gold");
  pen(line("M 142 210 L 238 210", 8), "pale");
};

const flask: Drawing = (pen) => {
  shade(pen, ellipse(300, 506, 104, 12));
  const body = half("M 300 168 L 352 168 Q 388 184 388 226 L 388 484 Q 388 504 366 504 L 300 504", 4);
  pen(body, "base");
  pen(within(box(350, 150, 60, 380), body), "dark");
  pen(within(box(224, 210, 16, 280), body), "pale", 0.8);
  pen(box(252, 100, 96, 74, 12), "deep");
  pen(line("M 252 114 Q 236 60 300 60 Q 364 60 348 114", 13), "ink");
  pen(box(208, 452, 184, 20), "deep");
  pen(area("M 300 262 L 346 350 L 254 350 Z", 6), "cream");
  pen(area("M 326 306 L 360 362 L 292 362 Z", 5), "cream", 0.6);
};

const utensils: Drawing = (pen) => {
  shade(pen, ellipse(300, 492, 120, 12));
  pen(line("M 246 340 L 206 156", 16), "wood");
  pen(turn(ellipse(196, 124, 38, 58), -12, 196, 124), "wood");
  pen(line("M 300 330 L 300 160", 16), "oak");
  pen(area("M 270 70 L 330 70 L 336 170 L 264 170 Z", 8), "oak");
  for (const x of [286, 300, 314]) pen(line(`M ${x} 92 L ${x} 150`, 5), "bark");
  pen(line("M 354 340 L 398 160", 16), "bark");
  pen(turn(minus(ellipse(408, 118, 44, 52), circle(408, 118, 22)), 14, 408, 118), "bark");
  const cup = half("M 300 312 L 402 312 L 388 480 Q 386 492 372 492 L 300 492", 4);
  pen(cup, "base");
  pen(within(box(352, 300, 60, 200), cup), "dark");
  pen(box(194, 304, 212, 24, 12), "light");
};

const canister: Drawing = (pen) => {
  shade(pen, ellipse(300, 490, 142, 14));
  pen(box(186, 196, 228, 292, 26), "base");
  pen(within(box(362, 190, 60, 310), box(186, 196, 228, 292, 26)), "dark");
  pen(box(176, 150, 248, 56, 16), "oak");
  pen(line("M 186 200 L 414 200", 6), "wood");
  pen(box(274, 116, 52, 40, 14), "wood");
  pen(box(222, 300, 156, 92, 10), "cream");
  pen(line("M 248 332 L 352 332", 9), "base");
  pen(line("M 266 360 L 334 360", 6), "grey");
};

const dripper: Drawing = (pen) => {
  shade(pen, ellipse(290, 496, 150, 12));
  pen(line("M 386 372 Q 462 372 446 430 Q 436 462 378 458", 15), "silver");
  pen(half("M 300 330 L 346 330 L 392 470 Q 392 494 366 494 L 300 494", 4), "glass");
  pen(half("M 300 400 L 370 400 L 390 470 Q 390 490 366 490 L 300 490", 2), "coffee");
  pen(line("M 300 322 L 300 400", 6), "coffee");
  pen(line("M 426 168 Q 488 176 470 224 Q 456 258 408 252", 15), "dark");
  pen(half("M 300 130 L 446 130 L 348 306 L 300 306", 6), "base");
  for (const x of [336, 378]) pair(pen, line(`M ${x + 26} 150 L ${x - 14} 292`, 5), "dark");
  pen(half("M 300 108 L 420 108 L 430 132 L 300 132", 3), "paper");
  pen(box(210, 302, 180, 24, 10), "deep");
};

const riceCooker: Drawing = (pen) => {
  shade(pen, ellipse(300, 484, 190, 14));
  const body = half("M 300 244 L 448 244 Q 480 320 456 440 Q 448 480 400 480 L 300 480", 4);
  pair(pen, line("M 456 286 Q 496 290 492 330", 18), "deep");
  pen(body, "base");
  pen(within(area("M 400 240 Q 440 340 400 490 L 490 490 L 490 240 Z"), body), "dark");
  pen(half("M 300 150 Q 424 156 446 232 L 300 232", 4), "light");
  pen(box(144, 226, 312, 24, 12), "deep");
  pen(box(272, 138, 56, 24, 10), "ink");
  pen(box(228, 300, 144, 130, 20), "ink");
  pen(box(250, 318, 100, 42, 6), "sky");
  pen(circle(272, 396, 13), "leaf");
  pen(circle(328, 396, 13), "amber");
};

const steamer: Drawing = (pen) => {
  shade(pen, ellipse(300, 470, 190, 16));
  for (const y of [370, 270]) {
    pen(box(124, y, 352, 94, 16), "rattan");
    for (let x = 140; x < 470; x += 26) pen(line(`M ${x} ${y + 20} L ${x} ${y + 74}`, 4), "cane", 0.6);
    pen(box(120, y + 8, 360, 16, 8), "base");
    pen(box(120, y + 72, 360, 16, 8), "base");
  }
  pen(half("M 300 168 Q 440 176 474 266 L 300 266", 6), "oak");
  for (const x of [340, 390, 436]) {
    const rib = line(`M ${x} 264 Q ${x - 20} 200 ${300 + (x - 300) * 0.3} 176`, 4);
    pen(rib, "cane", 0.7);
    pen(flip(rib), "cane", 0.7);
  }
  pen(line("M 262 166 Q 300 124 338 166", 13), "bark");
};

export const KITCHEN = {
  board,
  bowl,
  canister,
  dripper,
  flask,
  kettle,
  knife,
  lunchbox,
  mortar,
  mug,
  pan,
  plates,
  pot,
  riceCooker,
  steamer,
  teapot,
  tumblers,
  utensils,
  wok,
} as const;
