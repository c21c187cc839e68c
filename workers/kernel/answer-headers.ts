/** The API answers data: nothing in it may run, frame or be guessed at. A page brings a policy of its own. */
const SECURITY = {
  "strict-transport-security": "max-age=63072000; includeSubDomains; preload",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
  "cross-origin-resource-policy": "same-site",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

/** A file is named by its content and never changes; the list of their names does. */
const FILE_SECONDS = 31_536_000;
export const FILE_LIST = "/a/manifest.json";

/** Of the pages' files: the edge adds them by `_headers` (local/assets.ts), the Worker where it is asked. */
export const fileHeaders = (path: string): Readonly<Record<string, string>> => ({
  "strict-transport-security": SECURITY["strict-transport-security"],
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-site",
  "cache-control": path === FILE_LIST ? "no-cache" : `public, max-age=${FILE_SECONDS}, immutable`,
});

/** Every answer starts from these: the runtime copies them as a whole, which costs less than to set each. */
export const ANSWER_HEADERS = new Headers(SECURITY);

/** Those and more: made once for each kind of answer, where setting them would cost every answer. */
export function answerHeaders(more: Readonly<Record<string, string>>): Headers {
  const headers = new Headers(ANSWER_HEADERS);
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  return headers;
}
