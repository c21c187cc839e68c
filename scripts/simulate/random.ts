/** A stream of numbers in [0, 1) that a seed makes again (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const exponential = (next: () => number, mean: number): number => -Math.log(1 - next()) * mean;

/** Around a median; networks are late by factors and not by amounts. */
export function logNormal(next: () => number, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return median * Math.exp(spread * normal);
}

export const percentile = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;

type Event = { readonly at: number; readonly run: (now: number) => void };

/** What happens, in the order of its time: a binary heap. */
export function eventQueue() {
  const heap: Event[] = [];
  const swap = (a: number, b: number) => {
    const [x, y] = [heap[a] as Event, heap[b] as Event];
    heap[a] = y;
    heap[b] = x;
  };
  const timeOf = (i: number) => heap[i]?.at ?? Number.POSITIVE_INFINITY;
  const pop = (): Event | undefined => {
    const [top] = heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return top;
    heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      const least = timeOf(left + 1) < timeOf(left) ? left + 1 : left;
      if (timeOf(least) >= timeOf(i)) return top;
      swap(i, least);
      i = least;
    }
  };
  return {
    push(at: number, run: Event["run"]): void {
      let i = heap.push({ at, run }) - 1;
      while (i > 0 && timeOf((i - 1) >> 1) > at) {
        swap(i, (i - 1) >> 1);
        i = (i - 1) >> 1;
      }
    },
    run(): void {
      for (let event = pop(); event; event = pop()) event.run(event.at);
    },
  };
}
