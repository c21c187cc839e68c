import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { asUnavailable, fetchWithin } from "#kernel/away";

const LIMIT_MS = 100;

async function listen(answers: boolean): Promise<string> {
  const server = createServer((_, response) => void (answers && response.end("here")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("an engine that takes a question and answers nothing is away", async () => {
  const error = await fetchWithin(LIMIT_MS)(await listen(false)).catch((thrown: unknown) => thrown);
  expect(asUnavailable(error)).toMatchObject({ code: "unavailable", retryAfter: 2 });
});

test("one that answers is not, and nothing is left waiting", async () => {
  const answer = await fetchWithin(LIMIT_MS)(await listen(true), { method: "POST", body: "?" });
  await new Promise((resolve) => setTimeout(resolve, 2 * LIMIT_MS));
  expect(await answer.text()).toBe("here");
});

test("what a signal of its own ends is away, too", async () => {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const error = await fetch(await listen(false), { signal }).catch((thrown: unknown) => thrown);
  expect(asUnavailable(error)?.code).toBe("unavailable");
});
