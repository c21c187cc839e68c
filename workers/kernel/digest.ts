import { createHash } from "node:crypto";

/** SHA-256 of a text: pure, so the domain may ask for it. */
export const sha256 = (text: string, encoding: "hex" | "base64url" = "hex"): string =>
  createHash("sha256").update(text).digest(encoding);
