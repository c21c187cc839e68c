import { eq } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { consumeFacts, defineConsumer } from "#kernel/consume";
import { defineEvent } from "#kernel/facts";
import { outbox } from "#kernel/outbox";
import { toProblem } from "#kernel/problem";
import { readTraceId } from "#kernel/trace";
import { harness } from "../support/harness.ts";

/** As W3C Trace Context prints one. */
const CALLER = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const HEX = /^[0-9a-f]{32}$/;

const SHOP = { name: "Toko Jejak", legalName: "Jejak Nusantara", city: "Bogor", email: "toko@jejak.example" };

type Line = { readonly event: string; readonly traceId: string };

/** Every line that is logged during the test. */
function listen(): readonly Line[] {
  const lines: Line[] = [];
  const keep = (line: unknown) => void lines.push(JSON.parse(String(line)) as Line);
  for (const level of ["debug", "info", "warn", "error"] as const) {
    const spy = vi.spyOn(console, level).mockImplementation(keep);
    onTestFinished(() => spy.mockRestore());
  }
  return lines;
}

/** One request under a header: what it logged, and the events it left in the outbox. */
async function create(headers: Readonly<Record<string, string>>) {
  const lines = listen();
  const h = harness();
  Object.assign(h.env, { LOG_LEVEL: "info" });
  const buyer = await h.buyer();
  const answer = await buyer.post("/v1/sellers", SHOP, { headers });
  expect(answer.status).toBe(201);
  const facts = await h.ctx().db.read.select().from(outbox).where(eq(outbox.subject, answer.body.id));
  expect(facts.length).toBeGreaterThan(0);
  const asked = lines.filter(({ event }) => event === "request");
  expect(asked).toHaveLength(1);
  return { logged: asked[0]?.traceId, traces: new Set(facts.map(({ trace }) => trace)) };
}

test("a caller's trace is in the log and in what the request tells others", async () => {
  const { logged, traces } = await create({ traceparent: `00-${CALLER}-${SPAN}-01` });
  expect(logged).toBe(CALLER);
  expect([...traces]).toEqual([CALLER]);
});

test.each([
  ["upper case", `00-${CALLER.toUpperCase()}-${SPAN}-01`],
  ["no trace", `00-${"0".repeat(32)}-${SPAN}-01`],
  ["no parent", `00-${CALLER}-${"0".repeat(16)}-01`],
  ["too short", `00-${CALLER.slice(1)}-${SPAN}-01`],
  ["more than version 00 has", `00-${CALLER}-${SPAN}-01-x`],
  ["the version that is none", `ff-${CALLER}-${SPAN}-01`],
  ["anything", `"; DROP TABLE outbox; --`],
])("a header with %s begins a trace of ours", async (_, traceparent) => {
  const { logged, traces } = await create({ traceparent });
  expect(logged).toMatch(HEX);
  expect(logged).not.toBe(CALLER);
  expect([...traces]).toEqual([logged]);
});

test("a later version is read by what it shares with this one", async () => {
  const { logged } = await create({ traceparent: `cc-${CALLER}-${SPAN}-01-what-the-future-will-be-like` });
  expect(logged).toBe(CALLER);
});

test("without a header each request has a trace of its own", async () => {
  const [first, second] = [await create({}), await create({})];
  expect(first.logged).toMatch(HEX);
  expect([...first.traces]).toEqual([first.logged]);
  expect(second.logged).not.toBe(first.logged);
});

const Went = defineEvent("test.went", 1, z.object({ n: z.int() }));

/** Hands events to a consumer that cannot handle the third, and says in which traces it worked and logged. */
async function hand(traces: readonly string[]) {
  const lines = listen();
  const h = harness();
  const ctx = h.ctx();
  const facts = traces.map((trace, n) => {
    return { ...Went.make(ctx, { id: h.ids.next("order"), version: 1 }, { n }), trace };
  });
  const worked: string[] = [];
  const consumer = defineConsumer({
    name: `test.${h.ids.next("event")}`,
    on: [Went],
    handle: async (own, told) => {
      worked.push(own.traceId);
      if (told.some(({ payload: { n } }) => n === 2)) throw new Error("nobody can handle this");
      return [];
    },
  });
  await consumeFacts(ctx, [consumer], facts);
  const failed = lines.filter(({ event }) => event === "consumer.failed").map(({ traceId }) => traceId);
  return { own: ctx.traceId, worked, failed };
}

test("a consumer works in the trace of its event, and a batch of many in its own", async () => {
  const other = CALLER.replace("4b", "5b");
  expect(await hand([CALLER, CALLER])).toMatchObject({ worked: [CALLER], failed: [] });
  const { own, worked, failed } = await hand([CALLER, CALLER, other]);
  expect(worked).toEqual([own, CALLER, CALLER, other]);
  expect(failed).toEqual([own, other]);
});

test("a surprise is logged under the caller's trace, and answered without its words", async () => {
  const lines = listen();
  const request = new Headers({ traceparent: `00-${CALLER}-${SPAN}-01` });
  const told = { ...harness().ctx(), traceId: readTraceId(request) ?? "none" };
  const response = toProblem(new Error("secret"), told);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
  expect(lines).toMatchObject([{ event: "unhandled", traceId: CALLER }]);
});
