/** Started by flash-sale.ts: the Worker's runtime in a process of its own, so that it can be killed alone. */
import { buildWorker, startRuntime } from "../../local/runtime.ts";

export type RuntimeHostOptions = {
  readonly port: number;
  readonly dataDir: string;
  readonly bindings: Readonly<Record<string, string>>;
};

/** In production cron sweeps every minute; here what was lost by a kill is found again sooner. */
const SWEEP_MS = 2_000;

const options = JSON.parse(process.argv[2] ?? "") as RuntimeHostOptions;
const runtime = await startRuntime({ ...options, built: buildWorker() });
const timer = setInterval(() => void runtime.scheduled().catch(() => undefined), SWEEP_MS);
process.on("disconnect", () => {
  clearInterval(timer);
  void runtime.stop().then(() => process.exit(0));
});
process.send?.("ready");
