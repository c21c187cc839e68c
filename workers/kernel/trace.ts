import { randomBytes } from "./random.ts";

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** 32 hex digits, as W3C Trace Context wants them. */
export function newTraceId(): string {
  let digits = "";
  for (const byte of randomBytes(16)) digits += HEX[byte];
  return digits;
}

/** https://www.w3.org/TR/trace-context/#traceparent-header: versions after 00 may say more behind it. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** The caller's trace id, when his `traceparent` is well formed. */
export function readTraceId(headers: Headers): string | undefined {
  const [, version, traceId, more] = TRACEPARENT.exec(headers.get("traceparent") ?? "") ?? [];
  return version === "00" && more !== undefined ? undefined : traceId;
}
