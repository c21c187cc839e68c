/**
 * A binary heap of what is due, by time. An item whose time has moved, or that is no longer due at all, is
 * noticed when it comes up, so nothing is ever looked for inside. `timeOf` answers undefined for the latter.
 */
export function dueQueue<T>(timeOf: (item: T) => number | undefined) {
  const heap: { readonly at: number; readonly item: T }[] = [];
  const push = (at: number, item: T) => {
    let i = heap.push({ at, item }) - 1;
    while (i > 0) {
      const above = (i - 1) >> 1;
      if (less(above, i)) return;
      swap(above, i);
      i = above;
    }
  };
  const less = (a: number, b: number) => (heap[a]?.at ?? 0) <= (heap[b]?.at ?? 0);
  const swap = (a: number, b: number) => {
    const [x, y] = [heap[a], heap[b]];
    if (x === undefined || y === undefined) return;
    heap[a] = y;
    heap[b] = x;
  };
  const pop = () => {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ; ) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let least = i;
      if (left < heap.length && !less(least, left)) least = left;
      if (right < heap.length && !less(least, right)) least = right;
      if (least === i) return;
      swap(least, i);
      i = least;
    }
  };
  /** The first that is where its time says. */
  const settle = () => {
    for (;;) {
      const top = heap[0];
      if (top === undefined) return undefined;
      const at = timeOf(top.item);
      if (at === top.at) return top;
      pop();
      if (at !== undefined) push(at, top.item);
    }
  };
  return {
    add(item: T): void {
      const at = timeOf(item);
      if (at !== undefined) push(at, item);
    },
    firstAt: (): number | undefined => settle()?.at,
    first(now: number): T | undefined {
      const top = settle();
      return top && top.at <= now ? top.item : undefined;
    },
  };
}
