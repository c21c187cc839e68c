import { expect, test } from "vitest";
import { FFMPEG_MISSING, findFfmpeg } from "../../local/stream/ffmpeg.ts";

test("an ffmpeg that is named and not there is none, and one line says how to get one", () => {
  expect(findFfmpeg({ FFMPEG: "/nowhere/ffmpeg" })).toBeUndefined();
  expect(FFMPEG_MISSING).toMatch(/^Live video is off: .*apt install ffmpeg.*FFMPEG=/);
});
