/** A shape by its signed distance: below zero inside. `bounds` is x0, y0, x1, y1 and holds all of it. */
export type Shape = {
  readonly bounds: readonly [number, number, number, number];
  distance(x: number, y: number): number;
};
type Point = readonly [number, number];

/** Curves are drawn as straight pieces of about so many pixels: nobody sees them. */
const PIECE_PIXELS = 13;
/** Half-outlines are mirrored here: the middle of the picture. */
const AXIS_X = 300;

/** Points of an SVG path with M, L, Q, C and Z, absolute coordinates only. */
function flatten(path: string): Point[] {
  const tokens = path.match(/[MLQCZ]|-?\d+(?:\.\d+)?/g) ?? [];
  const points: Point[] = [];
  let command = "M";
  for (let at = 0; at < tokens.length; ) {
    if (/[MLQCZ]/.test(tokens[at] ?? "")) command = tokens[at++] ?? "";
    if (command === "Z") break;
    const count = command === "Q" ? 2 : command === "C" ? 3 : 1;
    const given = Array.from({ length: count }, (_, i): Point => {
      return [Number(tokens[at + i * 2]), Number(tokens[at + i * 2 + 1])];
    });
    at += count * 2;
    const from = points.at(-1);
    if (count === 1 || !from) points.push(...given);
    else {
      const pieces = piecesOf(lengthOf([from, ...given]));
      for (let i = 1; i <= pieces; i++) points.push(along([from, ...given], i / pieces));
    }
  }
  return points;
}

const piecesOf = (pixels: number): number => Math.max(4, Math.ceil(pixels / PIECE_PIXELS));
const lengthOf = (points: readonly Point[]): number =>
  points.reduce((sum, [x, y], i) => {
    const [fromX, fromY] = points[Math.max(0, i - 1)] ?? [x, y];
    return sum + Math.hypot(x - fromX, y - fromY);
  }, 0);

/** De Casteljau: a point of a Bézier curve of any degree. */
function along(points: readonly Point[], t: number): Point {
  const [first = [0, 0], ...rest] = points;
  if (rest.length === 0) return first;
  return along(
    rest.map((point, i) => {
      const [x, y] = points[i] ?? first;
      return [x + (point[0] - x) * t, y + (point[1] - y) * t];
    }),
    t,
  );
}

/** The outline of points, closed or not, grown by a radius: every drawing below is made of these. */
function outline(points: readonly Point[], closed: boolean, grow: number): Shape {
  const count = closed ? points.length : Math.max(1, points.length - 1);
  const segments = new Float64Array(count * 5);
  for (let i = 0; i < count; i++) {
    const [ax, ay] = points[i] ?? [0, 0];
    const [bx, by] = points[(i + 1) % points.length] ?? [0, 0];
    const [ex, ey] = [bx - ax, by - ay];
    segments.set([ax, ay, ex, ey, ex * ex + ey * ey || 1], i * 5);
  }
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return {
    bounds: [Math.min(...xs) - grow, Math.min(...ys) - grow, Math.max(...xs) + grow, Math.max(...ys) + grow],
    distance: (x, y) => measure(segments, closed, x, y) - grow,
  };
}

function measure(segments: Float64Array, closed: boolean, x: number, y: number): number {
  let best = Number.POSITIVE_INFINITY;
  let inside = false;
  for (let at = 0; at < segments.length; at += 5) {
    const wx = x - (segments[at] as number);
    const wy = y - (segments[at + 1] as number);
    const ex = segments[at + 2] as number;
    const ey = segments[at + 3] as number;
    const t = Math.min(1, Math.max(0, (wx * ex + wy * ey) / (segments[at + 4] as number)));
    const dx = wx - ex * t;
    const dy = wy - ey * t;
    const square = dx * dx + dy * dy;
    if (square < best) best = square;
    if (closed && wy >= 0 !== wy >= ey && wx < (ex * wy) / ey) inside = !inside;
  }
  return inside ? -Math.sqrt(best) : Math.sqrt(best);
}

/** What an SVG path encloses, its corners rounded outwards by `grow`. */
export const area = (path: string, grow = 0): Shape => outline(flatten(path), true, grow);
/** A stroke along a path, with round ends. */
export const line = (path: string, width: number): Shape => outline(flatten(path), false, width / 2);
export const circle = (x: number, y: number, radius: number): Shape => outline([[x, y]], false, radius);

/** The right half of an outline, from the top to the bottom; the left half is its mirror image. */
export function half(path: string, grow = 0): Shape {
  const right = flatten(path);
  const left = right.toReversed().map(([x, y]): Point => [2 * AXIS_X - x, y]);
  return outline([...right, ...left], true, grow);
}

export function box(x: number, y: number, width: number, height: number, radius = 0): Shape {
  const r = Math.min(radius, width / 2, height / 2);
  const [x0, y0, x1, y1] = [x + r, y + r, x + width - r, y + height - r];
  const corners: Point[] = [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
  return outline(corners, true, r);
}

export function ellipse(x: number, y: number, rx: number, ry: number): Shape {
  const pieces = 8 + piecesOf(Math.PI * (rx + ry));
  const points = Array.from({ length: pieces }, (_, i): Point => {
    const angle = (i / pieces) * 2 * Math.PI;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
  return outline(points, true, 0);
}

/** The rim of a shape: a band of this width, half of it inside. */
export const rim = ({ bounds: [x0, y0, x1, y1], distance }: Shape, width: number): Shape => ({
  bounds: [x0 - width, y0 - width, x1 + width, y1 + width],
  distance: (x, y) => Math.abs(distance(x, y)) - width / 2,
});

/** Outside of the first the others need not be asked: what is far enough for one pixel is far enough. */
const FAR = 1;

export const minus = (from: Shape, ...holes: readonly Shape[]): Shape => ({
  bounds: from.bounds,
  distance(x, y) {
    let distance = from.distance(x, y);
    for (const hole of holes) if (distance < FAR) distance = Math.max(distance, -hole.distance(x, y));
    return distance;
  },
});

export const within = (shape: Shape, limit: Shape): Shape => ({
  bounds: [
    Math.max(shape.bounds[0], limit.bounds[0]),
    Math.max(shape.bounds[1], limit.bounds[1]),
    Math.min(shape.bounds[2], limit.bounds[2]),
    Math.min(shape.bounds[3], limit.bounds[3]),
  ],
  distance(x, y) {
    const distance = shape.distance(x, y);
    return distance < FAR ? Math.max(distance, limit.distance(x, y)) : distance;
  },
});

/** The same shape turned about a point, clockwise on the screen. */
export function turn(shape: Shape, degrees: number, cx = AXIS_X, cy = AXIS_X): Shape {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const [x0, y0, x1, y1] = shape.bounds;
  const corners = [x0, x1].flatMap((x) =>
    [y0, y1].map((y): Point => {
      return [cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos];
    }),
  );
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return {
    bounds: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
    distance: (x, y) =>
      shape.distance(cx + (x - cx) * cos + (y - cy) * sin, cy - (x - cx) * sin + (y - cy) * cos),
  };
}

/** The same shape moved. */
export const move = ({ bounds: [x0, y0, x1, y1], distance }: Shape, dx: number, dy: number): Shape => ({
  bounds: [x0 + dx, y0 + dy, x1 + dx, y1 + dy],
  distance: (x, y) => distance(x - dx, y - dy),
});

/** The mirror image, left for right. */
export const flip = ({ bounds: [x0, y0, x1, y1], distance }: Shape): Shape => ({
  bounds: [2 * AXIS_X - x1, y0, 2 * AXIS_X - x0, y1],
  distance: (x, y) => distance(2 * AXIS_X - x, y),
});
