/** The caller's trace id from a W3C `traceparent` header, when it is well formed. */
export function readTraceId(headers: Headers): string | undefined {
  const id = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(headers.get("traceparent") ?? "")?.[1];
  return id === "0".repeat(32) ? undefined : id;
}
