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

/** Every answer starts from these: the runtime copies them as a whole, which costs less than to set each. */
export const ANSWER_HEADERS = new Headers(SECURITY);
