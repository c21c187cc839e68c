import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import { zId } from "#kernel/ids";
import { open } from "#kernel/policy";

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

const TEXTS = {
  en: {
    title: "Back from the payment",
    text: "Your bank has answered. Its answer is in your order and comes by e-mail. You may close this page.",
  },
  id: {
    title: "Kembali dari pembayaran",
    text: "Bank Anda sudah menjawab. Hasilnya ada di pesanan dan di email Anda. Halaman ini boleh ditutup.",
  },
} as const;

const page = (locale: keyof typeof TEXTS) => `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${TEXTS[locale].title}</title>
<style>
:root{color-scheme:light dark}
body{font:1rem/1.6 system-ui;max-width:34rem;margin:15vh auto;padding:0 1.5rem}
</style>
</head><body><h1>${TEXTS[locale].title}</h1><p>${TEXTS[locale].text}</p></body></html>`;

/**
 * Where a provider sends a payer back to. It says nothing of the payment: whoever holds the address need not
 * be the buyer, and the signed notification and not this visit settles it.
 */
export const app = newApp("/payments").route(
  defineRoute({
    method: "get",
    path: "/{paymentId}/return",
    summary: "The page that a payer comes back to from his bank.",
    policy: open,
    request: { params: z.object({ paymentId: zId("payment") }) },
    responses: { 200: z.unknown().describe("A page in the payer's language") },
    example: { paymentId: "pay_01jd8zt4w8h5vc6q1m9a2r7sxy" },
  }),
  async (ctx) =>
    new Reply(new TextEncoder().encode(page(ctx.locale)), {
      headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY },
    }),
);
