/**
 * Tells the whole buying story, or that of a live show, through the public API and asserts each step: on the
 * platform that runs here, or on one of its own.
 *
 *   npm run demo [-- live] [--json] [--url http://127.0.0.1:8787]
 */
import { parseArgs } from "node:util";
import { tellLive } from "./demo/live.ts";
import { tellMarket } from "./demo/market.ts";
import { joinRunning, startOwn } from "./demo/platform.ts";
import { createStory } from "./demo/steps.ts";
import { tellStory } from "./demo/story.ts";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, url: { type: "string" } },
  });
  const story = createStory((line) => (values.json ? undefined : console.log(line)));
  let ok = true;
  try {
    const running = await joinRunning(values.url);
    const stage = running ?? (await story.step("a platform starts and is seeded", startOwn));
    try {
      if (positionals[0] === "live") await tellLive(story, stage);
      else {
        await tellStory(story, stage);
        await tellMarket(story, stage);
      }
    } finally {
      await stage.stop();
    }
  } catch (error) {
    ok = false;
    // A step that failed has said so itself.
    const isTold = story.steps.some((step) => !step.ok);
    if (!isTold) console.error(error instanceof Error ? error.message : String(error));
  }
  if (values.json) console.log(JSON.stringify({ ok, steps: story.steps }));
  else if (ok) console.log("The story holds.");
  process.exit(ok ? 0 : 1);
}

await main();
