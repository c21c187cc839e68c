import { join } from "node:path";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { freePorts } from "../local/processes.ts";
import { ROOT } from "../local/runtime.ts";

export type Bare = { readonly url: string; stop(): Promise<void> };

/** The raw limit: a Worker without our code, on the same runtime, socket and disk. */
export async function startBare(dataDir: string): Promise<Bare> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "bench/bare-worker.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*"],
  });
  const [port = 0] = await freePorts(1);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      logRequests: false,
      telemetry: { enabled: false },
      log: new Log(LogLevel.WARN),
      resourcePersistencePath: dataDir,
      workers: [
        {
          name: "bare",
          modules: [{ type: "ESModule", path: "index.js", contents: outputFiles[0]?.text ?? "" }],
          modulesRoot: ".",
          compatibilityDate: "2026-11-01",
          durableObjects: {
            ROW: { className: "RowDO", useSQLite: true },
            ECHO: { className: "EchoDO", useSQLite: true },
            FAN: { className: "FanDO", useSQLite: true },
          },
          unsafeDirectSockets: [{ host: "127.0.0.1", port }],
        },
      ],
    } as never),
  );
  await miniflare.ready;
  return { url: `http://127.0.0.1:${port}`, stop: () => miniflare.dispose() };
}
