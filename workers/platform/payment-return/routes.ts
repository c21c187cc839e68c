import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import { zId } from "#kernel/ids";
import { open } from "#kernel/policy";

/**
 * Where a provider sends a payer back to, however it asks for it: on to the storefront's page of the payment.
 * It says nothing of the payment: whoever holds the address need not be the buyer, and the signed
 * notification and not this visit settles it.
 */
export const app = newApp("/payments").route(
  defineRoute({
    method: "get",
    path: "/{paymentId}/return",
    summary: "Leads a payer who comes back from his bank to the page of his payment.",
    policy: open,
    request: { params: z.object({ paymentId: zId("payment") }) },
    responses: { 302: z.null() },
    example: { paymentId: "pay_01jd8zt4w8h5vc6q1m9a2r7sxy" },
  }),
  async (_, { paymentId }) => new Reply(null, { status: 302, headers: { location: `/pay/${paymentId}` } }),
);
