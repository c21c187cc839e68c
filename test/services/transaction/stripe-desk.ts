import { inject } from "vitest";
import { signatureOf } from "../../../local/stripe/wire.ts";
import type { Harness } from "../../support/harness.ts";

// biome-ignore lint/suspicious/noExplicitAny: a test reads the answer it knows, field by field.
type Wire = any;
export type StripeEvent = { readonly type: string; readonly body: string };

/** Stripe, from the customer's side: it acts, and its events are ours to deliver, signed anew as it does. */
export function stripeDesk(h: Harness) {
  const base = inject("engineUrls").stripe;
  const call = async (method: string, path: string, body?: object): Promise<Wire> => {
    const init = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
    const response = await fetch(`${base}${path}`, { method, ...init });
    return response.headers.get("content-type")?.startsWith("text/csv") ? response.text() : response.json();
  };
  const secret = h.config.stripe?.webhookSecret ?? "";
  /** As it was sent, once an event. */
  const events = async (paymentId: string): Promise<readonly StripeEvent[]> => {
    const { items } = await call("GET", `/sandbox/events?payment=${paymentId}`);
    return items;
  };
  const post = (body: string, { at = h.clock.now(), key = secret } = {}) => {
    const signature = signatureOf(body, key, Math.floor(at / 1_000));
    const headers = { "content-type": "application/json", "stripe-signature": signature };
    return h.anonymous.post("/v1/webhooks/stripe", body, { headers });
  };
  return {
    call,
    events,
    post,
    act: (paymentId: string, action: string) => call("POST", `/sandbox/payments/${paymentId}/${action}`),
    see: (paymentId: string) => call("GET", `/sandbox/payments/${paymentId}`),
    faults: (paymentId: string, faults: object) =>
      call("POST", "/sandbox/faults", { ...faults, payment: paymentId }),
    report: (paymentIds: readonly string[]) =>
      call("GET", `/sandbox/report?${paymentIds.map((id) => `payment=${id}`).join("&")}`),
    /** Delivers everything that was sent and what comes of it; the answers, in order. */
    async notify(
      paymentId: string,
      order: (all: readonly StripeEvent[]) => readonly StripeEvent[] = (all) => all,
    ) {
      const statuses: number[] = [];
      for (const { body } of order(await events(paymentId))) statuses.push((await post(body)).status);
      await h.drain();
      return statuses;
    },
  };
}
