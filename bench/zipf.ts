/** Draws 0..size-1, the k-th with weight 1/k, as people look at a catalogue; the same draws in every run. */
export function zipf(size: number, seed: number): () => number {
  const sums: number[] = [];
  let sum = 0;
  for (let k = 1; k <= size; k += 1) {
    sum += 1 / k;
    sums.push(sum);
  }
  const random = mulberry(seed);
  return () => {
    const at = random() * sum;
    let [low, high] = [0, size - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Mulberry32: small, quick and good enough to choose keys with. */
export function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
