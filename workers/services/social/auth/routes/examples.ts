/** Of the right form and worth nothing: for the API reference and the common suite. */
export const EXAMPLE = {
  email: "sari@example.com",
  password: "kopi-tubruk-pagi",
  token: "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  userId: "usr_01jd8zt4w8h5vc6q1m9a2r7sxy",
  sessionId: "ses_01jd8zt4w8h5vc6q1m9a2r7sxy",
  actingId: "ses_01jd8zt4w8h5vc6q1m9a2r7sxy",
  orderId: "ord_01jd8zt4w8h5vc6q1m9a2r7sxy",
  passkeyId: "psk_01jd8zt4w8h5vc6q1m9a2r7sxy",
  keyId: "key_01jd8zt4w8h5vc6q1m9a2r7sxy",
  attestation: {
    id: "AAAAAAAAAAAAAAAAAAAAAA",
    rawId: "AAAAAAAAAAAAAAAAAAAAAA",
    type: "public-key",
    clientExtensionResults: {},
    response: { clientDataJSON: "e30", attestationObject: "oA", transports: ["internal"] },
  },
  assertion: {
    id: "AAAAAAAAAAAAAAAAAAAAAA",
    rawId: "AAAAAAAAAAAAAAAAAAAAAA",
    type: "public-key",
    clientExtensionResults: {},
    response: { clientDataJSON: "e30", authenticatorData: "AAAA", signature: "AAAA" },
  },
} as const;
