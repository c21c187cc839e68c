/** The runtime asks the system for each few bytes that are wanted, which costs more than their use. */
const POOL_BYTES = 2_048;

let pool = new Uint8Array(0);
let used = 0;

/** Bytes that nobody else gets, from the system's generator; at most as many as the pool holds. */
export function randomBytes(count: number): Uint8Array {
  if (used + count > pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(POOL_BYTES));
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}
