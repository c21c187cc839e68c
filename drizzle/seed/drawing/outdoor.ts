import { dots, stripes } from "./patterns.ts";
import { type Drawing, pair, shade } from "./pen.ts";
import { area, box, circle, ellipse, half, line, move, rim, turn, within } from "./shapes.ts";

const tent: Drawing = (pen) => {
  shade(pen, ellipse(300, 464, 240, 18));
  pair(pen, line("M 460 436 L 530 466", 4), "bark");
  pen(area("M 250 160 L 330 130 L 520 460 L 80 460 Z", 3), "base");
  pen(area("M 330 130 L 520 460 L 420 460 L 254 158 Z"), "dark");
  pen(area("M 252 166 L 336 460 L 164 460 Z"), "deep");
  pen(area("M 252 166 L 300 460 L 262 460 L 248 220 Z"), "light");
  pen(area("M 252 166 L 164 460 L 196 460 L 248 230 Z"), "light");
  pen(line("M 250 160 L 330 130", 9), "cream");
  pen(line("M 250 164 L 238 138", 6), "bark");
  pen(line("M 330 134 L 340 108", 6), "bark");
};

const sleepingBag: Drawing = (pen) => {
  const bag = turn(half("M 300 84 Q 396 90 396 200 L 376 460 Q 370 520 300 520", 4), 14);
  pen(move(bag, 9, 10), "deep");
  pen(bag, "base");
  pen(within(stripes(bag, { step: 58, width: 5, degrees: 14 }), bag), "dark");
  pen(turn(half("M 300 110 Q 366 116 366 184 Q 352 216 300 220", 2), 14), "cream");
  pen(turn(half("M 300 132 Q 346 136 346 176 Q 336 196 300 198", 2), 14), "oak");
  pen(turn(line("M 352 216 L 346 420", 6), 14), "gold");
};

const headlamp: Drawing = (pen) => {
  pen(area("M 332 270 L 560 160 L 560 420 L 332 340 Z"), "sun", 0.28);
  pen(rim(ellipse(214, 300, 140, 170), 34), "base");
  pen(rim(ellipse(214, 300, 140, 170), 8), "light");
  pen(box(270, 232, 96, 140, 26), "ink");
  pen(box(342, 258, 40, 88, 14), "steel");
  pen(circle(330, 302, 34), "grey");
  pen(circle(330, 302, 23), "sun");
  pen(box(286, 218, 44, 22, 8), "base");
};

const yogaMat: Drawing = (pen) => {
  shade(pen, ellipse(310, 448, 230, 14));
  pen(area("M 150 396 L 520 396 L 548 446 L 150 446 Z", 4), "base");
  pen(area("M 150 430 L 540 430 L 548 446 L 150 446 Z", 4), "dark");
  pen(circle(180, 318, 128), "base");
  for (const radius of [104, 80, 56, 32]) pen(rim(circle(180, 318, radius), 8), "deep");
  pen(circle(180, 318, 10), "deep");
  pen(line("M 262 220 Q 344 170 420 210 Q 470 240 452 300", 13), "bark");
};

const dumbbells: Drawing = (pen) => {
  shade(pen, ellipse(300, 432, 210, 14));
  for (const [dx, dy, tone] of [
    [34, -100, "dark"],
    [0, 0, "base"],
  ] as const) {
    pen(box(170 + dx, 352 + dy, 260, 30, 10), "silver");
    pen(box(112 + dx, 306 + dy, 88, 122, 26), tone);
    pen(box(400 + dx, 306 + dy, 88, 122, 26), tone);
    pen(box(126 + dx, 320 + dy, 14, 94, 7), "light");
    pen(box(414 + dx, 320 + dy, 14, 94, 7), "light");
  }
};

const jumpRope: Drawing = (pen) => {
  pen(
    line("M 176 300 C 60 470 240 540 300 440 C 360 330 240 300 260 400 C 290 540 560 500 424 300", 13),
    "deep",
  );
  for (const [x, degrees] of [
    [206, -14],
    [394, 14],
  ] as const) {
    pen(turn(box(x - 24, 96, 48, 200, 22), degrees, x, 300), "base");
    pen(turn(box(x - 24, 150, 48, 86, 4), degrees, x, 300), "ink");
    pen(turn(stripes(box(x - 24, 150, 48, 86), { step: 16, width: 4 }), degrees, x, 300), "grey");
  }
};

const racket: Drawing = (pen) => {
  const at = (shape: ReturnType<typeof box>) => turn(shape, 28);
  pen(at(line("M 300 310 L 300 440", 13)), "silver");
  pen(at(box(284, 430, 32, 130, 12)), "base");
  pen(at(stripes(box(284, 430, 32, 130, 12), { step: 18, width: 4, degrees: 20 })), "deep");
  const head = ellipse(300, 186, 96, 122);
  pen(at(head), "paper");
  pen(at(stripes(head, { step: 18, width: 2 })), "grey");
  pen(at(stripes(head, { step: 18, width: 2, degrees: 90 })), "grey");
  pen(at(rim(head, 15)), "base");
  pen(area("M 424 384 L 500 406 L 476 500 L 396 470 Z", 4), "white");
  for (const x of [430, 452, 474]) pen(line(`M ${x} 396 L ${x - 16} 482`, 4), "silver");
  pen(turn(ellipse(432, 494, 46, 26), 18, 432, 494), "red");
};

const football: Drawing = (pen) => {
  shade(pen, ellipse(300, 482, 150, 16));
  const ball = circle(300, 300, 178);
  pen(ball, "white");
  pen(within(circle(392, 386, 178), ball), "cream");
  const patch = (degrees: number, distance: number, size: number) => {
    const points = Array.from({ length: 5 }, (_, i) => {
      const angle = ((i * 72 - 90) * Math.PI) / 180;
      return `${300 + size * Math.cos(angle)} ${300 - distance + size * Math.sin(angle)}`;
    });
    return within(turn(area(`M ${points.join(" L ")} Z`, 5), degrees), ball);
  };
  for (let i = 0; i < 5; i++) {
    pen(within(turn(line("M 300 250 L 300 166", 6), i * 72), ball), "base");
    pen(patch(i * 72, 164, -56), "base");
  }
  pen(patch(0, 0, 60), "base");
  pen(rim(ball, 6), "deep");
};

const helmet: Drawing = (pen) => {
  const shell = area(
    "M 100 350 Q 100 150 320 146 Q 490 152 506 330 Q 500 368 440 364 L 140 372 Q 104 372 100 350 Z",
    4,
  );
  pen(shell, "base");
  for (const d of [
    "M 150 320 Q 170 210 270 176",
    "M 230 330 Q 250 230 330 186",
    "M 320 332 Q 340 240 404 206",
  ]) {
    pen(within(line(d, 32), shell), "deep");
  }
  pen(within(line("M 90 360 L 510 352", 26), shell), "dark");
  pen(area("M 430 330 Q 520 326 540 376 Q 480 386 430 372 Z", 4), "ink");
  pen(line("M 180 376 Q 210 470 268 482", 11), "ink");
  pen(line("M 330 374 Q 320 460 268 482", 11), "ink");
  pen(box(246, 468, 44, 28, 8), "grey");
};

const bikeLight: Drawing = (pen) => {
  pen(area("M 372 230 L 570 120 L 570 460 L 372 350 Z"), "sun", 0.3);
  pen(box(146, 210, 200, 160, 40), "base");
  pen(area("M 330 216 L 384 196 L 384 384 L 330 364 Z", 6), "ink");
  pen(ellipse(386, 290, 20, 88), "sun");
  pen(box(200, 234, 96, 26, 13), "deep");
  pen(circle(216, 247, 6), "leaf");
  pen(rim(ellipse(246, 430, 62, 44), 20), "ink");
  pen(box(210, 366, 72, 32, 8), "ink");
};

const goggles: Drawing = (pen) => {
  pair(pen, line("M 470 290 Q 530 300 520 380 Q 440 470 300 470", 22), "deep");
  const lens = ellipse(398, 280, 94, 70);
  pair(pen, lens, "base");
  pair(pen, ellipse(398, 280, 72, 50), "sky");
  pair(pen, within(area("M 360 220 L 400 220 L 360 350 L 330 350 Z"), ellipse(398, 280, 72, 50)), "white");
  pen(line("M 288 276 Q 300 264 312 276", 18), "deep");
};

const hammock: Drawing = (pen) => {
  pen(box(66, 90, 40, 400, 16), "bark");
  pen(box(494, 90, 40, 400, 16), "bark");
  pair(pen, ellipse(514, 92, 84, 44), "leaf");
  for (const x of [240, 280, 320, 360]) {
    pen(line(`M 106 190 L ${x - 120} 286`, 4), "oak");
    pen(line(`M 494 190 L ${x + 120} 286`, 4), "oak");
  }
  const cloth = area("M 120 282 Q 300 330 480 282 Q 430 430 300 432 Q 170 430 120 282 Z", 4);
  pen(cloth, "base");
  pen(stripes(cloth, { step: 44, width: 14, degrees: 90 }), "cream");
  pen(line("M 120 284 Q 300 332 480 284", 9), "deep");
  pen(ellipse(210, 318, 48, 22), "gold");
};

const stove: Drawing = (pen) => {
  shade(pen, ellipse(300, 494, 140, 12));
  pen(half("M 300 352 L 376 352 Q 396 364 396 390 L 396 470 Q 396 490 372 490 L 300 490", 4), "base");
  pen(box(204, 410, 192, 44), "cream");
  pen(area("M 300 414 Q 318 432 308 448 L 292 448 Q 284 434 300 414 Z"), "amber");
  pen(box(276, 306, 48, 52, 6), "gold");
  pen(line("M 324 330 L 384 330", 9), "steel");
  pen(circle(392, 330, 15), "ink");
  pen(box(252, 276, 96, 34, 10), "steel");
  pair(pen, line("M 340 286 L 400 226 L 426 226", 9), "steel");
  for (const x of [272, 300, 328])
    pen(area(`M ${x} 226 Q ${x + 14} 252 ${x + 8} 272 L ${x - 8} 272 Q ${x - 14} 252 ${x} 226 Z`), "sky");
  pen(box(176, 116, 248, 110, 16), "silver");
  pen(box(166, 104, 268, 22, 11), "grey");
  pen(line("M 424 150 L 500 140", 13), "ink");
};

const poles: Drawing = (pen) => {
  for (const degrees of [-13, 13]) {
    const at = (shape: ReturnType<typeof box>) => turn(shape, degrees, 300, 320);
    pen(at(box(292, 150, 16, 360, 6)), "base");
    pen(at(box(290, 250, 20, 26, 4)), "deep");
    pen(at(box(290, 370, 20, 26, 4)), "deep");
    pen(at(box(282, 74, 36, 110, 16)), "ink");
    pen(at(line("M 300 84 Q 350 112 312 160", 7)), "base");
    pen(at(ellipse(300, 478, 34, 10)), "ink");
    pen(at(box(296, 500, 8, 40, 2)), "steel");
  }
};

const dryBag: Drawing = (pen) => {
  shade(pen, ellipse(300, 496, 130, 12));
  const body = half("M 300 180 L 384 180 Q 410 300 404 460 Q 400 494 360 494 L 300 494", 4);
  pen(body, "base");
  pen(within(box(358, 170, 70, 340), body), "dark");
  pen(half("M 300 128 L 376 128 L 386 184 L 300 184", 6), "deep");
  pen(line("M 218 146 L 382 146", 5), "base");
  pen(line("M 214 166 L 386 166", 5), "base");
  pen(line("M 216 136 Q 220 82 300 82 Q 380 82 384 136", 13), "ink");
  pen(box(274, 70, 52, 28, 8), "ink");
  pen(dots(within(box(220, 280, 160, 150, 60), body), 40, 9), "pale");
};

export const OUTDOOR = {
  bikeLight,
  dryBag,
  dumbbells,
  football,
  goggles,
  hammock,
  headlamp,
  helmet,
  jumpRope,
  poles,
  racket,
  sleepingBag,
  stove,
  tent,
  yogaMat,
} as const;
