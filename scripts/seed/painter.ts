import { parentPort, workerData } from "node:worker_threads";
import { COLOURS } from "../../drizzle/seed/colours.ts";
import { drawPicture } from "../../drizzle/seed/pictures.ts";
import type { Painted, Wish } from "./pictures.ts";

/** Draws on a thread of its own, so that the requests of the seed do not wait for the brush. */
for (const { kind, colour } of workerData as readonly Wish[]) {
  const picture = drawPicture(kind, COLOURS[colour].hex);
  parentPort?.postMessage({ kind, colour, picture } satisfies Painted);
}
