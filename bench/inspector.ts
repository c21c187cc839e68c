/** A few commands of the Chrome DevTools Protocol to the Worker's isolate. */
type Inspector = {
  send<T>(method: string, params?: object): Promise<T>;
  close(): void;
};

const WORKER = "core:user:titan-commerce";

async function inspect(port: number | undefined): Promise<Inspector> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${WORKER}`);
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`no inspector answers on port ${port}`)));
  });
  socket.addEventListener("message", ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as Message;
    const call = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || !call) return;
    waiting.delete(id);
    if (error) call.reject(new Error(error.message));
    else call.resolve(result);
  });
  return {
    send<T>(method: string, params: object = {}) {
      last += 1;
      const id = last;
      socket.send(JSON.stringify({ id, method, params }));
      return new Promise<T>((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      });
    },
    close: () => socket.close(),
  };
}

type Message = {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
};

/** What the Worker's heap holds once what nobody needs is gone. */
export async function readHeapBytes(port: number | undefined): Promise<number> {
  const inspector = await inspect(port);
  try {
    await inspector.send("HeapProfiler.enable");
    await inspector.send("HeapProfiler.collectGarbage");
    const { usedSize } = await inspector.send<{ usedSize: number }>("Runtime.getHeapUsage");
    return usedSize;
  } finally {
    inspector.close();
  }
}

/** Where the Worker's time goes while `work` runs: a .cpuprofile as DevTools and editors open it. */
export async function profile(port: number | undefined, work: () => Promise<unknown>): Promise<string> {
  const inspector = await inspect(port);
  try {
    await inspector.send("Profiler.enable");
    await inspector.send("Profiler.setSamplingInterval", { interval: 200 });
    await inspector.send("Profiler.start");
    await work();
    const { profile } = await inspector.send<{ profile: object }>("Profiler.stop");
    return JSON.stringify(profile);
  } finally {
    inspector.close();
  }
}
