import { serveEngine, Unfit } from "../../local/engine-child.ts";

/** An engine that this machine cannot run. */
await serveEngine(async () => {
  throw new Unfit("this machine has no sundial: set one up.");
});
