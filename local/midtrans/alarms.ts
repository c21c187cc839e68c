/** setTimeout counts in 31 bits; a longer wait is made of several. */
const WAIT_MAX_MS = 3_600_000;

/** One timer a key: setting a key again replaces it, and nothing fires after `close`. */
export class Alarms {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #closed = false;

  set(key: string, at: number, ring: () => void): void {
    this.clear(key);
    if (this.#closed) return;
    const wait = Math.min(Math.max(at - Date.now(), 0), WAIT_MAX_MS);
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      if (Date.now() < at) this.set(key, at, ring);
      else ring();
    }, wait);
    this.#timers.set(key, timer);
  }

  clear(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }

  close(): void {
    this.#closed = true;
    for (const key of [...this.#timers.keys()]) this.clear(key);
  }
}
