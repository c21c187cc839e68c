import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { Label, Party } from "#services/logistics/shipping/domain/label";

export type Json = Record<string, unknown>;
export type Heard = { readonly headers: IncomingHttpHeaders; readonly text: string; readonly body: Json };

const PARTY: Party = {
  name: "Toko Maju",
  phone: "+6281234567890",
  country: "ID",
  region: "Jawa Barat",
  city: "Bandung",
  district: null,
  village: null,
  postalCode: "40115",
  line1: "Jl. Asia Afrika 8",
  line2: null,
  latitude: null,
  longitude: null,
};
export const SENDER = PARTY;
export const RECEIVER: Party = {
  ...PARTY,
  name: "Ani Wijaya",
  region: "DKI Jakarta",
  city: "Jakarta",
  postalCode: "10110",
  line1: "Jl. Merdeka 1",
};

/** A label as Shipping claims it. */
export const labelOf = (about: Partial<Label>): Label =>
  ({
    id: "lbl_01jd8zt4w8h5vc6q1m9a2r7sxy",
    sellerId: "slr_01jd8zt4w8h5vc6q1m9a2r7sxy",
    orderId: "ord_01jd8zt4w8h5vc6q1m9a2r7sxy",
    kind: "outbound",
    state: "claimed",
    name: "JNE Reguler",
    sender: SENDER,
    receiver: RECEIVER,
    contents: [{ name: "Kemeja batik", sku: "KEMEJA-L", quantity: 2, valueMinor: "12500000" }],
    lines: null,
    parcelGrams: 1_200,
    goodsMinor: 25_000_000n,
    cashMinor: null,
    isInsured: false,
    quotedMinor: 2_000_000n,
    quotedGrams: 1_250,
    acceptMinor: null,
    costMinor: null,
    providerRef: null,
    trackingNumber: null,
    shipmentId: null,
    refusal: null,
    billedMinor: null,
    billedGrams: null,
    billedAt: null,
    createdAt: Date.UTC(2026, 10, 23),
    boughtAt: null,
    voidedAt: null,
    operation: null,
    version: 1,
    ...about,
  }) as Label;

/** A folder of the test's own, gone with it. */
export function scratchFolder(name: string): string {
  const dataDir = mkdtempSync(join(tmpdir(), `${name}-`));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** Whoever takes notifications; `answers` says with what, 200 where it has run out. */
export async function listener(answers: number[] = []) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    void text(request).then((words) => {
      heard.push({ headers: request.headers, text: words, body: JSON.parse(words) as Json });
      response.statusCode = answers.shift() ?? 200;
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

/** The sandbox's own side. */
export const steer = (url: string) => async (method: string, path: string, body?: Json) => {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return (await response.json()) as Json;
};
