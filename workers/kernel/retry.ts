type Retry = {
  readonly tries: number;
  readonly backoffMs: number;
  /** Only an effect that is safe to repeat may be tried again. */
  readonly again: (error: unknown) => boolean;
};

/** Exponential back-off with full jitter, so that callers who failed together do not return together. */
export async function retrying<T>(work: () => T, { tries, backoffMs, again }: Retry): Promise<Awaited<T>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= tries || !again(error)) throw error;
      await scheduler.wait(Math.random() * backoffMs * 2 ** attempt);
    }
  }
}
