import { crc32, deflateSync } from "node:zlib";

/**
 * QR codes of ISO/IEC 18004 in byte mode at error correction level M, versions 1 to 20: more than any payment
 * text needs. Written out here so that the payment page shows a code that a telephone can read.
 */
export type Modules = boolean[][];

/** Per version from 1: error correction bytes a block, and blocks, at level M (table 9 of the standard). */
const ECC_BYTES = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];

/** Level M in the format information. */
const LEVEL_BITS = 0;

function qrModules(text: string): Modules {
  const bytes = Buffer.from(text);
  const version =
    BLOCKS.findIndex((_, index) => dataBytes(index + 1) * 8 >= 4 + lengthBits(index + 1) + bytes.length * 8) +
    1;
  if (version === 0) throw new Error(`a text of ${bytes.length} bytes is too long for a code of version 20`);
  const codewords = withCorrection(dataOf(bytes, version), version);
  const candidates = [0, 1, 2, 3, 4, 5, 6, 7].map((mask) => draw(codewords, version, mask));
  return candidates.reduce((best, next) => (penalty(next) < penalty(best) ? next : best));
}

const lengthBits = (version: number): number => (version < 10 ? 8 : 16);

/** Modules left for data and correction once finders, timing, alignment, format and version are drawn. */
function rawBits(version: number): number {
  let bits = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const centres = Math.floor(version / 7) + 2;
    bits -= (25 * centres - 10) * centres - 55;
    if (version >= 7) bits -= 36;
  }
  return bits;
}

const at = (table: number[], version: number): number => table[version - 1] ?? 0;

const totalBytes = (version: number): number => Math.floor(rawBits(version) / 8);

const dataBytes = (version: number): number =>
  totalBytes(version) - at(ECC_BYTES, version) * at(BLOCKS, version);

function dataOf(bytes: Buffer, version: number): number[] {
  const bits: number[] = [];
  const push = (value: number, count: number) => {
    for (let bit = count - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, lengthBits(version));
  for (const byte of bytes) push(byte, 8);
  const capacity = dataBytes(version) * 8;
  push(0, Math.min(4, capacity - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  const data: number[] = [];
  for (let index = 0; index < bits.length; index += 8) {
    data.push(bits.slice(index, index + 8).reduce((byte, bit) => (byte << 1) | bit, 0));
  }
  for (let pad = 0xec; data.length < dataBytes(version); pad ^= 0xec ^ 0x11) data.push(pad);
  return data;
}

/** Multiplication in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((b >> bit) & 1) * a;
  }
  return product;
}

function generator(degree: number): number[] {
  const result = Array.from({ length: degree }, (_, index): number => (index === degree - 1 ? 1 : 0));
  let root = 1;
  for (let round = 0; round < degree; round++) {
    for (let index = 0; index < degree; index++) {
      result[index] = multiply(result[index] ?? 0, root) ^ (result[index + 1] ?? 0);
    }
    root = multiply(root, 2);
  }
  return result;
}

function remainder(data: number[], divisor: number[]): number[] {
  const result = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ (result.shift() ?? 0);
    result.push(0);
    for (const [index, coefficient] of divisor.entries()) {
      result[index] = (result[index] ?? 0) ^ multiply(coefficient, factor);
    }
  }
  return result;
}

/** Splits the data into blocks, the longer ones last, and interleaves them and their correction bytes. */
function withCorrection(data: number[], version: number): number[] {
  const count = at(BLOCKS, version);
  const divisor = generator(at(ECC_BYTES, version));
  const shorter = Math.floor(data.length / count);
  const longerFrom = count - (data.length % count);
  const blocks: number[][] = [];
  for (let index = 0, start = 0; index < count; index++) {
    const length = shorter + (index >= longerFrom ? 1 : 0);
    blocks.push(data.slice(start, start + length));
    start += length;
  }
  const corrections = blocks.map((block) => remainder(block, divisor));
  return [...interleave(blocks), ...interleave(corrections)];
}

function interleave(blocks: number[][]): number[] {
  const longest = Math.max(...blocks.map((block) => block.length));
  return Array.from({ length: longest }, (_, index) =>
    blocks.flatMap((block) => block.slice(index, index + 1)),
  ).flat();
}

class Canvas {
  readonly size: number;
  readonly dark: Modules;
  readonly fixed: Modules;

  constructor(version: number) {
    this.size = version * 4 + 17;
    this.dark = Array.from({ length: this.size }, () => new Array<boolean>(this.size).fill(false));
    this.fixed = Array.from({ length: this.size }, () => new Array<boolean>(this.size).fill(false));
  }

  fix(x: number, y: number, dark: boolean): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.set(x, y, dark);
    const row = this.fixed[y];
    if (row) row[x] = true;
  }

  set(x: number, y: number, dark: boolean): void {
    const row = this.dark[y];
    if (row) row[x] = dark;
  }
}

const MASKS: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function draw(codewords: number[], version: number, mask: number): Modules {
  const canvas = new Canvas(version);
  drawFunctionPatterns(canvas, version, mask);
  drawCodewords(canvas, codewords);
  for (let y = 0; y < canvas.size; y++) {
    for (let x = 0; x < canvas.size; x++) {
      if (canvas.fixed[y]?.[x] === false && MASKS[mask]?.(x, y)) canvas.set(x, y, !canvas.dark[y]?.[x]);
    }
  }
  return canvas.dark;
}

function drawFunctionPatterns(canvas: Canvas, version: number, mask: number): void {
  const { size } = canvas;
  for (let index = 0; index < size; index++) {
    canvas.fix(6, index, index % 2 === 0);
    canvas.fix(index, 6, index % 2 === 0);
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    drawSquares(canvas, x, y, 4, [0, 1, 3]);
  const centres = alignmentCentres(version);
  const last = centres.length - 1;
  for (const [row, y] of centres.entries()) {
    for (const [column, x] of centres.entries()) {
      const finder = (row === 0 && (column === 0 || column === last)) || (row === last && column === 0);
      if (!finder) drawSquares(canvas, x, y, 2, [0, 2]);
    }
  }
  drawFormat(canvas, mask);
  if (version >= 7) drawVersion(canvas, version);
}

/** Concentric squares round a centre, dark where the distance is listed. */
function drawSquares(canvas: Canvas, x: number, y: number, radius: number, dark: number[]): void {
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      const distance = Math.max(Math.abs(dx), Math.abs(dy));
      canvas.fix(x + dx, y + dy, dark.includes(distance));
    }
  }
}

function alignmentCentres(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const size = version * 4 + 17;
  return [6, ...Array.from({ length: count - 1 }, (_, index) => size - 7 - step * (count - 2 - index))];
}

const bitOf = (value: number, bit: number): boolean => ((value >> bit) & 1) === 1;

function drawFormat(canvas: Canvas, mask: number): void {
  const data = (LEVEL_BITS << 3) | mask;
  let rest = data;
  for (let round = 0; round < 10; round++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412;
  const { size } = canvas;
  for (let bit = 0; bit <= 5; bit++) canvas.fix(8, bit, bitOf(bits, bit));
  canvas.fix(8, 7, bitOf(bits, 6));
  canvas.fix(8, 8, bitOf(bits, 7));
  canvas.fix(7, 8, bitOf(bits, 8));
  for (let bit = 9; bit < 15; bit++) canvas.fix(14 - bit, 8, bitOf(bits, bit));
  for (let bit = 0; bit < 8; bit++) canvas.fix(size - 1 - bit, 8, bitOf(bits, bit));
  for (let bit = 8; bit < 15; bit++) canvas.fix(8, size - 15 + bit, bitOf(bits, bit));
  canvas.fix(8, size - 8, true);
}

function drawVersion(canvas: Canvas, version: number): void {
  let rest = version;
  for (let round = 0; round < 12; round++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let bit = 0; bit < 18; bit++) {
    const far = canvas.size - 11 + (bit % 3);
    const near = Math.floor(bit / 3);
    canvas.fix(far, near, bitOf(bits, bit));
    canvas.fix(near, far, bitOf(bits, bit));
  }
}

/** Two columns at a time from the right, up and down in turn, past the timing column. */
function drawCodewords(canvas: Canvas, codewords: number[]): void {
  let bit = 0;
  for (let right = canvas.size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const upward = ((right + 1) & 2) === 0;
    for (let step = 0; step < canvas.size; step++) {
      const y = upward ? canvas.size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (canvas.fixed[y]?.[x] !== false) continue;
        if (bit < codewords.length * 8) canvas.set(x, y, bitOf(codewords[bit >> 3] ?? 0, 7 - (bit & 7)));
        bit += 1;
      }
    }
  }
}

/** The standard's score for how hard a code is to read, by its runs, blocks and balance. */
function penalty(modules: Modules): number {
  const size = modules.length;
  const columns = Array.from({ length: size }, (_, x) => modules.map((row) => row[x] ?? false));
  let score = 0;
  for (const line of [...modules, ...columns]) {
    const drawn = line.map((dark) => (dark ? "1" : "0")).join("");
    for (const run of drawn.match(/0{5,}|1{5,}/g) ?? []) score += run.length - 2;
    score += 40 * (drawn.match(/(?=10111010000|00001011101)/g) ?? []).length;
  }
  for (let y = 0; y < size - 1; y++) {
    for (let x = 0; x < size - 1; x++) {
      const dark = modules[y]?.[x];
      if (dark === modules[y]?.[x + 1] && dark === modules[y + 1]?.[x] && dark === modules[y + 1]?.[x + 1])
        score += 3;
    }
  }
  const share = modules.flat().filter(Boolean).length / (size * size);
  return score + Math.floor(Math.abs(share * 20 - 10)) * 10;
}

/** Light modules round the code, without which readers do not find it. */
const QUIET = 4;

export function qrSvg(text: string): string {
  const modules = qrModules(text);
  const size = modules.length + QUIET * 2;
  const path = modules
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")))
    .join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"
 role="img" aria-label="QR code"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`;
}

const PIXELS_A_MODULE = 8;

/** Midtrans' `generate-qr-code` answers a PNG: https://docs.midtrans.com/reference/qris. */
export function qrPng(text: string): Buffer {
  const modules = qrModules(text);
  const side = (modules.length + QUIET * 2) * PIXELS_A_MODULE;
  const line = (y: number) => {
    const row = modules[Math.floor(y / PIXELS_A_MODULE) - QUIET];
    const pixels = Array.from({ length: side }, (_, x) =>
      row?.[Math.floor(x / PIXELS_A_MODULE) - QUIET] ? 0 : 255,
    );
    return Buffer.from([0, ...pixels]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, (_, y) => line(y))));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
