import type { Ctx } from "#kernel/ctx";
import { fail } from "../errors.ts";
import { cloudflareStream } from "./cloudflare-stream.ts";
import type { VideoProvider } from "./port.ts";

/** Without an account live video is off, and everything else runs. */
export function providerOf({ cell, config }: Pick<Ctx, "cell" | "config">): VideoProvider {
  if (!config.stream) throw fail("livestream.video_off");
  return cloudflareStream({ cell, config });
}
