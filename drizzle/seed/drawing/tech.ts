import { dots } from "./patterns.ts";
import { type Drawing, pair, shade } from "./pen.ts";
import { area, box, circle, ellipse, half, line, move, rim, turn, within } from "./shapes.ts";

const headphones: Drawing = (pen) => {
  pen(line("M 158 330 Q 150 118 300 118 Q 450 118 442 330", 34), "deep");
  pen(line("M 158 300 Q 158 124 300 124 Q 442 124 442 300", 12), "base");
  pair(pen, box(392, 290, 84, 168, 40), "base");
  pair(pen, box(376, 300, 44, 148, 22), "ink");
  pair(pen, line("M 452 330 L 452 418", 8), "light");
};

const earbuds: Drawing = (pen) => {
  shade(pen, ellipse(300, 492, 150, 12));
  pen(box(160, 322, 280, 166, 76), "base");
  pen(box(160, 322, 280, 52, 26), "deep");
  pen(ellipse(300, 350, 118, 20), "ink");
  pen(circle(300, 432, 8), "leaf");
  pair(
    pen,
    area(
      `M 344 190 Q 416 176 424 236 Q 426 276 388 282 L 382 342 Q 378 356 362 350 L 352 272
        Q 320 240 344 190 Z`,
      4,
    ),
    "light",
  );
  pair(pen, ellipse(350, 226, 18, 28), "ink");
};

const speaker: Drawing = (pen) => {
  shade(pen, ellipse(300, 480, 150, 14));
  pen(line("M 210 150 Q 300 84 390 150", 16), "ink");
  const body = box(176, 130, 248, 350, 60);
  pen(body, "base");
  const mesh = box(196, 214, 208, 236, 44);
  pen(mesh, "deep");
  pen(dots(mesh, 18, 4), "light", 0.6);
  pen(circle(300, 332, 66), "dark");
  pen(rim(circle(300, 332, 66), 7), "light");
  pen(circle(300, 332, 22), "ink");
  for (const x of [252, 300, 348]) pen(circle(x, 176, 11), "cream");
};

const charger: Drawing = (pen) => {
  pair(pen, box(326, 100, 22, 90, 6), "steel");
  pen(box(174, 176, 252, 268, 44), "base");
  pen(box(372, 176, 54, 268, 27), "dark");
  pen(box(240, 330, 120, 30, 15), "ink");
  pen(box(240, 380, 120, 30, 15), "ink");
  pen(area("M 316 206 L 262 278 L 294 278 L 284 320 L 338 250 L 306 250 Z", 2), "cream");
};

const cable: Drawing = (pen) => {
  pen(rim(ellipse(300, 330, 136, 116), 20), "base");
  pen(rim(ellipse(314, 318, 136, 116), 20), "dark");
  pen(rim(ellipse(290, 322, 140, 108), 20), "base");
  pen(line("M 172 280 Q 150 180 196 140", 20), "base");
  pen(line("M 428 286 Q 452 190 404 140", 20), "base");
  for (const [x, degrees] of [
    [204, 24],
    [396, -24],
  ] as const) {
    pen(turn(box(x - 24, 84, 48, 74, 12), degrees, x, 140), "deep");
    pen(turn(box(x - 16, 52, 32, 40, 8), degrees, x, 140), "silver");
  }
  pen(box(270, 416, 60, 34, 8), "ink");
};

const powerBank: Drawing = (pen) => {
  const body = turn(box(196, 104, 208, 392, 40), 12);
  pen(move(body, 10, 12), "deep");
  pen(body, "base");
  pen(turn(box(222, 130, 156, 70, 18), 12), "ink");
  for (let i = 0; i < 4; i++) pen(turn(circle(252 + i * 32, 165, 9), 12), i < 3 ? "leaf" : "grey");
  pen(turn(area("M 318 262 L 256 344 L 292 344 L 280 408 L 344 318 L 306 318 Z", 3), 12), "cream");
  pen(turn(line("M 216 460 L 384 460", 6), 12), "light");
};

const phoneCase: Drawing = (pen) => {
  const body = turn(box(192, 76, 216, 448, 46), -8);
  pen(move(body, 9, 10), "deep");
  pen(body, "base");
  pen(rim(turn(box(202, 86, 196, 428, 38), -8), 5), "light");
  pen(turn(box(218, 102, 96, 104, 28), -8), "ink");
  for (const [x, y] of [
    [244, 130],
    [288, 130],
    [244, 176],
  ] as const) {
    pen(turn(circle(x, y, 17), -8), "black");
    pen(turn(circle(x, y, 9), -8), "sky");
  }
  pen(turn(area("M 300 300 Q 364 344 300 424 Q 236 344 300 300 Z"), -8), "cream", 0.85);
  pen(turn(line("M 300 318 L 300 420", 5), -8), "base");
};

const phoneStand: Drawing = (pen) => {
  shade(pen, ellipse(300, 480, 170, 14));
  pen(box(170, 448, 260, 32, 14), "base");
  pen(line("M 330 454 L 396 260", 26), "dark");
  const phone = turn(box(210, 106, 172, 318, 26), 10);
  pen(phone, "ink");
  pen(turn(box(222, 124, 148, 282, 12), 10), "sky");
  pen(turn(circle(296, 220, 40), 10), "sun");
  pen(turn(box(240, 300, 112, 18, 9), 10), "white");
  pen(turn(box(240, 332, 76, 18, 9), 10), "white");
  pen(line("M 196 424 L 366 452", 24), "base");
};

const keyboard: Drawing = (pen) => {
  pen(box(70, 206, 468, 208, 22), "ink", 0.15);
  pen(box(62, 192, 476, 208, 22), "base");
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 12; column++) {
      const isAccent = (row === 0 && column === 0) || (row === 2 && column === 11);
      if (row === 3 && column > 2 && column < 9) continue;
      pen(box(80 + column * 37, 210 + row * 44, 31, 36, 7), isAccent ? "amber" : "cream");
      pen(box(84 + column * 37, 212 + row * 44, 23, 25, 5), isAccent ? "sun" : "white");
    }
  }
  pen(box(191, 342, 216, 36, 7), "cream");
  pen(box(196, 344, 206, 25, 5), "white");
};

const mouse: Drawing = (pen) => {
  shade(pen, ellipse(308, 340, 130, 176));
  pen(half("M 300 120 Q 424 120 424 280 Q 424 484 300 484"), "base");
  pen(line("M 180 276 Q 300 312 420 276", 5), "deep");
  pen(line("M 300 122 L 300 292", 5), "deep");
  pen(box(282, 176, 36, 84, 18), "ink");
  for (const y of [196, 216, 236]) pen(line(`M 290 ${y} L 310 ${y}`, 5), "grey");
  pen(line("M 206 330 Q 214 412 256 446", 9), "light");
};

const webcam: Drawing = (pen) => {
  shade(pen, ellipse(300, 486, 130, 12));
  pen(area("M 262 386 L 338 386 L 376 484 L 224 484 Z", 8), "deep");
  pen(box(136, 158, 328, 226, 96), "base");
  pen(circle(300, 270, 92), "ink");
  pen(circle(300, 270, 64), "black");
  pen(circle(300, 270, 40), "deep");
  pen(circle(278, 248, 16), "sky");
  pen(circle(420, 270, 9), "leaf");
  pair(pen, circle(180, 270, 6), "ink");
};

const hub: Drawing = (pen) => {
  pen(line("M 300 214 Q 310 116 420 122 Q 486 124 486 76", 18), "deep");
  pen(box(468, 44, 36, 44, 8), "silver");
  const body = turn(box(96, 220, 408, 190, 34), -6);
  pen(move(body, 6, 14), "deep");
  pen(body, "base");
  for (const [x, width, tone] of [
    [134, 76, "sky"],
    [230, 76, "sky"],
    [326, 56, "ink"],
    [402, 66, "ink"],
  ] as const) {
    pen(turn(box(x, 322, width, 34, 8), -6), "ink");
    pen(turn(box(x + 8, 332, width - 16, 14, 5), -6), tone);
  }
  pen(turn(circle(150, 268, 9), -6), "leaf");
  pen(turn(line("M 190 268 L 330 268", 7), -6), "light");
};

const smartBand: Drawing = (pen) => {
  pen(half("M 300 70 L 344 70 L 366 196 L 300 196", 10), "base");
  pen(half("M 300 404 L 366 404 L 344 530 L 300 530", 10), "base");
  for (const y of [440, 466, 492]) pen(ellipse(300, y, 9, 6), "deep");
  pen(box(192, 172, 216, 256, 60), "ink");
  pen(box(208, 188, 184, 224, 48), "black");
  pen(rim(circle(300, 286, 66), 13), "grey", 0.5);
  pen(
    within(rim(circle(300, 286, 66), 13), area("M 300 286 L 300 200 L 400 200 L 400 380 L 300 380 Z")),
    "leaf",
  );
  pen(line("M 264 288 L 286 288 L 296 262 L 308 312 L 318 288 L 338 288", 7), "red");
  pen(line("M 262 384 L 338 384", 8), "sky");
};

const tableFan: Drawing = (pen) => {
  shade(pen, ellipse(300, 506, 130, 12));
  pen(line("M 300 380 L 300 480", 26), "dark");
  pen(box(190, 474, 220, 32, 16), "base");
  pen(circle(300, 236, 168), "pale");
  for (let i = 0; i < 4; i++) {
    pen(turn(area("M 300 236 Q 250 130 312 92 Q 396 110 300 236 Z", 4), i * 90 + 20, 300, 236), "base");
  }
  for (const radius of [168, 128, 88]) pen(rim(circle(300, 236, radius), radius === 168 ? 13 : 4), "deep");
  for (let i = 0; i < 12; i++) pen(turn(line("M 300 190 L 300 72", 3), i * 30, 300, 236), "deep", 0.5);
  pen(circle(300, 236, 34), "deep");
  pen(circle(300, 236, 16), "light");
  for (const x of [262, 300, 338]) pen(circle(x, 490, 7), "cream");
};

const microphone: Drawing = (pen) => {
  shade(pen, ellipse(300, 504, 110, 12));
  pen(line("M 196 260 Q 196 398 300 398 Q 404 398 404 260", 16), "steel");
  pen(line("M 300 400 L 300 486", 18), "steel");
  pen(box(208, 476, 184, 28, 14), "deep");
  const head = box(232, 88, 136, 252, 68);
  pen(head, "base");
  const mesh = within(head, box(220, 80, 160, 150));
  pen(mesh, "ink");
  pen(dots(mesh, 18, 4), "silver", 0.8);
  pen(box(228, 224, 144, 16, 8), "gold");
  pen(circle(300, 284, 13), "cream");
};

const rechargeLamp: Drawing = (pen) => {
  shade(pen, ellipse(300, 498, 120, 12));
  pen(ellipse(300, 310, 190, 150), "sun", 0.2);
  pen(line("M 214 170 Q 218 66 300 66 Q 382 66 386 170", 12), "ink");
  pen(half("M 300 150 L 372 150 L 392 196 L 300 196", 4), "base");
  pen(box(222, 198, 156, 212, 20), "sun");
  pen(box(254, 214, 92, 180, 40), "white");
  pair(pen, line("M 370 196 L 370 416", 9), "deep");
  pen(box(196, 404, 208, 92, 22), "base");
  pen(circle(300, 450, 20), "cream");
  pen(line("M 300 440 L 300 452", 5), "deep");
};

export const TECH = {
  cable,
  charger,
  earbuds,
  headphones,
  hub,
  keyboard,
  microphone,
  mouse,
  phoneCase,
  phoneStand,
  powerBank,
  rechargeLamp,
  smartBand,
  speaker,
  tableFan,
  webcam,
} as const;
