// The rooms' protocols lead to files that name what only the Worker has; pages take their types alone.

interface Env {
  readonly CELLS: string;
  readonly DEFAULT_MARKET: string;
}

interface ErrorConstructor {
  stackTraceLimit: number;
}
