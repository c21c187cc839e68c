import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import {
  decideReport,
  isDoubtful,
  type Payout,
  type PayoutReport,
} from "#services/transaction/wallet/domain/payout";
import { iris } from "#services/transaction/wallet/providers/iris";
import { isSigned, toReport, zIrisPayout } from "#services/transaction/wallet/providers/iris-wire";
import { PayoutSilent } from "#services/transaction/wallet/providers/port";
import type { IrisFaults } from "../../local/midtrans/iris.ts";
import { startMidtrans } from "../../local/midtrans/main.ts";

const KEYS = { creatorKey: "IRIS-c", approverKey: "IRIS-a", merchantKey: "IRIS-merchant-secret" };
const ids = createIds({ now: () => Date.now() });

type Told = { readonly body: string; readonly signature: string };

/** Listens where the platform would, and keeps what comes. */
async function listener(answer: () => number = () => 200) {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      told.push({ body, signature: String(request.headers["iris-signature"]) });
      response.writeHead(answer()).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return { told, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function sandbox(notificationUrl = "http://127.0.0.1:9") {
  const dataDir = mkdtempSync(join(tmpdir(), "iris-"));
  const running = await startMidtrans({
    dataDir,
    merchants: [{ serverKey: "s", clientKey: "c", currency: "IDR" }],
    iris: { accounts: [{ ...KEYS, notificationUrl }], stepMs: 15 },
  });
  onTestFinished(async () => {
    await running.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const at = async (path: string, method = "POST", body?: object) =>
    (
      await fetch(`${running.url}/sandbox/iris${path}`, {
        method,
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    ).json() as Promise<{ items: { reference_no: string; status: string }[] }>;
  const apiUrl = `${running.url}/iris`;
  return {
    provider: iris({ config: { iris: { ...KEYS, apiUrl } } }),
    hasty: iris({ config: { iris: { ...KEYS, apiUrl } }, timeoutMs: 150 }),
    wrong: iris({ config: { iris: { ...KEYS, creatorKey: "another", apiUrl } } }),
    faults: (faults: IrisFaults & { times?: number }) => at("/faults", "POST", faults),
    payouts: async () => (await at("/payouts", "GET")).items,
  };
}

const payout = (change: Partial<Payout> = {}): Payout => ({
  id: ids.next("payout") as Id<"payout">,
  owner: "slr_x",
  ownerKind: "seller",
  amountMinor: 5_000_000n,
  currency: "IDR",
  bank: "bca",
  accountNumber: "1234567891",
  holderName: "AYU LESTARI",
  email: "ayu@example.com",
  provider: "iris",
  state: "created",
  referenceNo: null,
  note: null,
  requestedBy: "usr_x",
  key: "k",
  createdAt: 0,
  sendFrom: null,
  checkedAt: null,
  doneAt: null,
  version: 1,
  ...change,
});

const sentOf = async (provider: ReturnType<typeof iris>, made: Payout): Promise<Payout> => {
  const sent = await provider.send(made);
  if (sent.kind !== "sent") throw new Error(sent.note);
  return decideReport(made, sent.report, 0).payout;
};

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it never came to hold");
}

test("a payout is made, approved, and completed by the bank", async () => {
  const { provider } = await sandbox();
  const sent = await sentOf(provider, payout());
  expect(sent.state).toBe("sent");
  await provider.approve(sent);
  const reference = String(sent.referenceNo);
  const report = await until(
    () => provider.find(reference),
    (one) => one?.state === "completed",
  );
  expect(report).toMatchObject({ referenceNo: reference, amountMinor: 5_000_000n });
  expect(await provider.find("unknown")).toBeUndefined();
});

test.each(["http500", "http503", "malformed", "reset", "lost"] as const)(
  "a call that ends in %s says nothing, and again under the same key is the same payout",
  async (failure) => {
    const { provider, faults, payouts } = await sandbox();
    await faults({ createFails: failure, times: 1 });
    const made = payout();
    await expect(provider.send(made)).rejects.toBeInstanceOf(PayoutSilent);
    const sent = await sentOf(provider, made);
    expect((await sentOf(provider, made)).referenceNo).toBe(sent.referenceNo);
    expect((await payouts()).length).toBe(1);
    await faults({ approveFails: failure, findFails: failure, times: 1 });
    await expect(provider.approve(sent)).rejects.toBeInstanceOf(PayoutSilent);
  },
);

test("a provider that hangs is given up, and bad keys say nothing about the payout", async () => {
  const { hasty, wrong, faults, payouts } = await sandbox();
  await faults({ findFails: "timeout", times: 1 });
  await expect(hasty.find("any")).rejects.toBeInstanceOf(PayoutSilent);
  await expect(wrong.send(payout())).rejects.toBeInstanceOf(PayoutSilent);
  expect(await payouts()).toEqual([]);
});

test("what Iris refuses was not made, and a key with another body is refused", async () => {
  const { provider } = await sandbox();
  expect((await provider.send(payout({ amountMinor: 100n }))).kind).toBe("refused");
  const made = payout();
  await sentOf(provider, made);
  expect((await provider.send({ ...made, amountMinor: 6_000_000n })).kind).toBe("refused");
});

test("the bank's name of an account, or that there is none", async () => {
  const { provider, faults } = await sandbox();
  expect(await provider.holderOf({ bank: "bca", accountNumber: "1234567891" })).toBe("AYU LESTARI");
  expect(await provider.holderOf({ bank: "bca", accountNumber: "1234567890" })).toBeUndefined();
  await faults({ validationFails: "malformed", times: 1 });
  const asked = provider.holderOf({ bank: "bca", accountNumber: "1234567891" });
  await expect(asked).rejects.toBeInstanceOf(PayoutSilent);
});

const reportOf = ({ body }: Told): PayoutReport => toReport(zIrisPayout.parse(JSON.parse(body)));
const genuine = ({ body, signature }: Told) =>
  isSigned(new TextEncoder().encode(body), signature, KEYS.merchantKey);

test("notifications are signed with the merchant key over the body, and a forged one is not", async () => {
  const { told, url } = await listener();
  const { provider, faults } = await sandbox(url);
  await faults({ forge: true, times: 1 });
  const sent = await sentOf(provider, payout());
  await provider.approve(sent);
  await until(
    async () => told.length,
    (count) => count === 3,
  );
  expect(told.map(genuine)).toEqual([false, true, true]);
  const [, honest] = told;
  const expected = createHash("sha512").update(`${honest?.body}${KEYS.merchantKey}`).digest("hex");
  expect(honest?.signature).toBe(expected);
  expect(genuine({ ...(honest as Told), body: `${honest?.body} ` })).toBe(false);
});

test("words that come twice, late or in another order: money goes back once", async () => {
  const { told, url } = await listener();
  const { provider, faults } = await sandbox(url);
  await faults({ bounces: true, times: 1 });
  await faults({ repeat: 2 });
  const sent = await sentOf(provider, payout());
  await provider.approve(sent);
  await until(
    async () => told.length,
    (count) => count === 8,
  );
  const reports = told.map(reportOf);
  const play = (words: readonly PayoutReport[]) => {
    let known = sent;
    const effects = words.map((word) => {
      const { payout: after, effect } = decideReport(known, word, 1);
      known = after;
      return effect;
    });
    return { state: known.state, effects: effects.filter((effect) => effect !== "none") };
  };
  expect(play(reports)).toEqual({ state: "returned", effects: ["post", "return"] });
  expect(play(reports.toReversed())).toEqual({ state: "failed", effects: ["void"] });
  expect(play([...reports, ...reports])).toEqual(play(reports));
});

test("a bank that refuses, and a word with another amount, which is asked about", async () => {
  const { told, url } = await listener();
  const { provider, faults } = await sandbox(url);
  await faults({ bankFails: "012", times: 1 });
  const sent = await sentOf(provider, payout());
  await faults({ wrongAmount: true, times: 1 });
  await provider.approve(sent);
  await until(
    async () => told.length,
    (count) => count === 3,
  );
  const [lie, , failed] = told.map(reportOf);
  if (!lie || !failed) throw new Error("not told");
  expect(isDoubtful(sent, lie)).toBe(true);
  expect(failed).toMatchObject({ state: "failed", note: "012 Beneficiary account is blocked" });
  expect(decideReport(sent, failed, 1).effect).toBe("void");
  expect((await provider.find(failed.referenceNo))?.amountMinor).toBe(5_000_000n);
});
