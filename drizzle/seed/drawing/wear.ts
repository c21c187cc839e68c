import { dots, kawung, parang, stripes, zigzags } from "./patterns.ts";
import { type Drawing, type Pen, pair } from "./pen.ts";
import { area, box, circle, ellipse, half, line, turn, within } from "./shapes.ts";

const TEE = half(
  "M 300 168 Q 338 168 350 138 L 388 148 Q 404 152 416 166 L 490 250 L 432 298 L 400 266 L 400 474 L 300 474",
  6,
);
const NECK = half("M 300 140 L 350 138 Q 338 168 300 168", 2);
const FOLDS = line("M 400 268 L 394 232", 5);

const tee: Drawing = (pen) => {
  pen(TEE, "base");
  pen(NECK, "deep");
  pen(line("M 250 138 Q 262 172 300 172 Q 338 172 350 138", 9), "dark");
  pair(pen, FOLDS, "dark");
};

const stripedTee: Drawing = (pen) => {
  pen(TEE, "cream");
  pen(stripes(within(TEE, box(200, 180, 200, 300)), { step: 34, width: 14 }), "base");
  pair(pen, within(line("M 445 290 L 492 240", 26), TEE), "base");
  pen(NECK, "deep");
  pen(line("M 250 138 Q 262 172 300 172 Q 338 172 350 138", 9), "base");
};

const SHIRT = half(
  "M 300 150 L 345 132 L 398 150 Q 412 156 420 172 L 478 300 L 428 324 L 402 268 L 402 476 L 300 476",
  6,
);

function shirtDetails(pen: Pen): void {
  pen(line("M 300 190 L 300 480", 4), "deep");
  pair(pen, area("M 300 186 L 342 126 L 356 150 L 322 214 Z", 3), "light");
  pair(pen, line("M 300 188 L 324 212 L 356 152", 3), "dark");
  pen(area("M 300 178 L 268 130 Q 300 142 332 130 Z"), "deep");
  for (const y of [236, 290, 344, 398, 450]) pen(circle(300, y, 6), "cream");
  pair(pen, line("M 402 270 L 396 236", 5), "deep", 0.6);
  pen(box(334, 262, 48, 54, 6), "dark", 0.45);
}

const linenShirt: Drawing = (pen) => {
  pen(SHIRT, "base");
  shirtDetails(pen);
};

const batikShirt: Drawing = (pen) => {
  pen(SHIRT, "base");
  pen(parang(SHIRT, 42), "cream", 0.85);
  pen(dots(SHIRT, 42, 4), "amber");
  shirtDetails(pen);
};

const BLOUSE = half(
  "M 300 196 L 338 134 L 384 146 Q 404 152 414 172 L 500 320 Q 480 346 446 350 L 402 276 L 420 462 L 300 462",
  6,
);
const batikBlouse: Drawing = (pen) => {
  pen(BLOUSE, "base");
  pen(kawung(BLOUSE, 46), "cream", 0.9);
  pen(dots(BLOUSE, 46, 4), "amber");
  pen(area("M 262 134 Q 300 148 338 134 L 300 196 Z"), "deep");
  pen(line("M 260 132 L 300 198 L 340 132", 10), "gold");
  pair(pen, line("M 446 350 Q 480 346 500 320", 10), "gold");
  pen(line("M 182 462 L 418 462", 10), "gold");
  pair(pen, line("M 404 280 L 396 244", 5), "deep", 0.6);
};

const DRESS = half(
  "M 300 190 L 342 120 L 372 124 L 378 210 Q 356 262 360 290 L 452 478 Q 380 498 300 496",
  4,
);
const dress: Drawing = (pen) => {
  pen(DRESS, "base");
  pen(area("M 360 292 L 452 478 Q 420 488 380 492 L 330 292 Z"), "dark", 0.55);
  pen(area("M 300 292 L 250 494 L 300 496 L 318 292 Z"), "light", 0.6);
  pen(box(238, 276, 124, 26, 8), "deep");
  pen(area("M 352 284 L 400 330 L 376 344 L 340 296 Z", 4), "deep");
  pen(area("M 260 122 Q 300 136 340 122 L 300 190 Z"), "pale", 0.35);
  pen(line("M 300 192 L 342 120", 6), "deep");
  pen(line("M 300 192 L 258 120", 6), "deep");
};

const SKIRT = half("M 300 138 L 372 138 L 376 168 Q 452 330 470 462 Q 390 482 300 482", 4);
const batikSkirt: Drawing = (pen) => {
  pen(SKIRT, "base");
  pen(parang(SKIRT, 54), "cream", 0.8);
  pen(within(line("M 120 454 Q 300 490 480 454", 26), SKIRT), "deep");
  pen(area("M 318 168 L 356 478 L 330 482 Z"), "deep", 0.35);
  pen(half("M 300 132 L 374 132 L 377 168 L 300 168", 4), "deep");
};

const TROUSERS = half("M 300 128 L 382 128 L 414 486 L 326 486 L 306 262 L 300 262", 4);
const trousers: Drawing = (pen) => {
  pen(TROUSERS, "base");
  pair(pen, area("M 386 180 L 414 486 L 388 486 Z"), "dark", 0.6);
  pair(pen, line("M 358 176 L 370 484", 3), "dark");
  pen(half("M 300 124 L 383 124 L 386 152 L 300 152", 4), "dark");
  pen(line("M 300 156 Q 302 220 300 258", 5), "dark");
  pen(circle(300, 138, 7), "cream");
  pair(pen, line("M 344 154 Q 352 190 384 196", 4), "deep", 0.7);
  pair(pen, line("M 326 478 L 414 478", 8), "dark");
};

const SARONG = area("M 158 208 L 442 168 L 470 430 L 184 474 Z", 10);
const sarong: Drawing = (pen) => {
  pen(area("M 172 236 L 452 196 L 482 446 L 200 490 Z", 10), "deep");
  pen(SARONG, "base");
  pen(zigzags(SARONG, 44, 12), "cream", 0.9);
  pen(stripes(SARONG, { step: 88, width: 18, degrees: -8 }), "deep");
  pen(within(area("M 340 150 L 402 150 L 440 480 L 374 480 Z"), SARONG), "dark");
  pen(within(zigzags(area("M 348 150 L 394 150 L 430 480 L 384 480 Z"), 30, 10), SARONG), "gold");
};

const SCARF = area("M 196 178 Q 300 118 404 178 Q 440 260 378 300 Q 300 336 222 300 Q 160 260 196 178 Z", 4);
const scarf: Drawing = (pen) => {
  const tail = area("M 318 296 L 404 282 L 434 468 L 346 480 Z", 4);
  const other = area("M 246 300 L 316 300 L 302 496 L 222 486 Z", 4);
  for (const piece of [other, tail]) {
    pen(piece, piece === other ? "dark" : "base");
    pen(stripes(piece, { step: 40, width: 12, degrees: 4 }), "cream", 0.85);
  }
  for (let i = 0; i < 8; i++) pen(line(`M ${352 + i * 11} 482 L ${356 + i * 11} 508`, 4), "base");
  for (let i = 0; i < 7; i++) pen(line(`M ${228 + i * 11} 490 L ${226 + i * 11} 514`, 4), "dark");
  pen(SCARF, "base");
  pen(stripes(SCARF, { step: 40, width: 12, degrees: -28 }), "cream", 0.85);
  pen(ellipse(300, 208, 74, 38), "deep");
  pen(line("M 206 262 Q 300 316 394 262", 6), "dark", 0.7);
};

const COAT = half(
  "M 300 170 L 336 132 L 394 146 Q 420 154 428 186 L 462 430 L 408 438 L 396 300 L 400 482 L 300 482",
  6,
);
const jacket: Drawing = (pen) => {
  pen(COAT, "base");
  pair(pen, area("M 300 200 L 336 128 L 366 138 L 346 214 L 308 236 Z", 3), "light");
  pen(area("M 300 190 L 266 130 Q 300 144 334 130 Z"), "deep");
  pen(line("M 300 214 L 300 484", 5), "deep");
  for (const y of [262, 322, 382, 442]) pen(circle(312, y, 7), "gold");
  pair(pen, box(330, 250, 54, 50, 4), "dark");
  pair(pen, line("M 330 262 L 384 262", 4), "light");
  pair(pen, line("M 338 470 L 352 390", 4), "light", 0.8);
  pen(line("M 202 470 L 398 470", 6), "dark");
  pair(pen, line("M 408 426 L 460 418", 12), "dark");
  pair(pen, line("M 396 300 L 394 246", 5), "deep");
};

const hoodie: Drawing = (pen) => {
  pen(half("M 300 96 Q 386 100 384 178 L 300 214", 6), "dark");
  pen(COAT, "base");
  pen(half("M 300 126 Q 352 130 348 176 Q 334 208 300 212", 2), "deep");
  pair(pen, line("M 326 206 L 330 274", 6), "cream");
  pen(area("M 236 384 L 364 384 L 386 452 L 214 452 Z", 8), "dark");
  pair(pen, line("M 360 384 L 384 446", 5), "deep");
  pen(within(line("M 190 474 L 410 474", 24), COAT), "dark");
  pair(pen, line("M 408 428 L 460 420", 18), "dark");
  pair(pen, line("M 396 300 L 394 246", 5), "deep", 0.7);
};

const SOCK = area(
  "M 236 130 L 322 130 L 322 330 L 398 392 Q 430 430 396 458 Q 372 474 340 456 L 250 396 Q 236 384 236 360 Z",
  6,
);
const socks: Drawing = (pen) => {
  const back = turn(SOCK, -14, 300, 300);
  pen(back, "deep");
  pen(stripes(back, { step: 30, width: 10, degrees: -14 }), "pale");
  pen(SOCK, "base");
  pen(within(box(220, 120, 120, 52), SOCK), "cream");
  pen(within(box(220, 186, 140, 16), SOCK), "cream");
  pen(within(box(220, 216, 140, 16), SOCK), "cream");
  pen(within(circle(418, 446, 58), SOCK), "cream");
  pen(within(circle(238, 396, 46), SOCK), "cream");
};

const cap: Drawing = (pen) => {
  const crown = area("M 170 366 Q 168 186 310 178 Q 438 182 440 366 Z", 4);
  pen(crown, "base");
  pen(within(area("M 310 178 Q 386 250 392 370 L 450 370 L 450 170 Z"), crown), "dark");
  pen(line("M 310 182 Q 236 250 228 364", 4), "dark");
  pen(line("M 310 182 Q 386 250 390 364", 4), "deep", 0.6);
  pen(circle(310, 178, 13), "deep");
  pen(area("M 236 362 Q 400 330 512 400 Q 524 424 494 424 Q 360 384 214 402 Q 170 400 170 366 Z", 6), "deep");
  pen(area("M 244 362 Q 400 336 496 398 Q 380 362 220 380 Z", 2), "base");
  pen(circle(270, 288, 30), "cream");
  pen(area("M 254 300 L 270 268 L 286 300 Z", 2), "dark");
};

const hat: Drawing = (pen) => {
  pen(ellipse(300, 378, 208, 70), "cane");
  pen(ellipse(300, 366, 208, 66), "rattan");
  const crown = half("M 300 190 Q 390 188 404 250 L 416 366 Q 360 394 300 394", 2);
  pen(crown, "oak");
  pen(stripes(crown, { step: 18, width: 4 }), "cane", 0.5);
  pen(within(area("M 170 324 Q 300 376 430 324 L 430 370 Q 300 420 170 370 Z"), crown), "base");
  pen(ellipse(300, 206, 76, 16), "cane", 0.35);
};

const apron: Drawing = (pen) => {
  pen(line("M 250 150 Q 252 84 300 84 Q 348 84 350 150", 12), "deep");
  pair(pen, line("M 404 282 Q 460 300 480 372", 10), "deep");
  const body = half("M 300 146 L 358 146 Q 362 232 416 262 L 424 470 L 300 470", 8);
  pen(body, "base");
  pen(within(stripes(body, { step: 36, width: 5, degrees: 90 }), body), "pale", 0.5);
  pen(box(226, 326, 148, 92, 10), "dark");
  pen(line("M 300 328 L 300 416", 4), "base");
  pen(line("M 242 150 L 358 150", 8), "dark");
};

export const WEAR = {
  apron,
  batikBlouse,
  batikShirt,
  batikSkirt,
  cap,
  dress,
  hat,
  hoodie,
  jacket,
  linenShirt,
  sarong,
  scarf,
  socks,
  stripedTee,
  tee,
  trousers,
} as const;
