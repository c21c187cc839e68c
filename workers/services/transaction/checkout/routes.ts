import { defineRoute, newApp } from "#kernel/app";
import { anyOf, buyer, guest } from "#kernel/policy";
import { cancelCheckout, changeCheckout } from "./commands/change.ts";
import { completeCheckout } from "./commands/complete.ts";
import { startCheckout } from "./commands/start.ts";
import { getCheckout, showCheckout, showCompleted } from "./queries.ts";
import { zCheckout, zCheckoutRef, zComplete, zCompleted, zPatch, zStart } from "./schemas.ts";

const shopper = anyOf(buyer, guest);
const checkoutId = "chk_01jd8zt4w8h5vc6q1m9a2r7sxy";

export const app = newApp("/v1/checkouts")
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Starts a checkout of the selected cart lines and quotes them; the prices hold for a while.",
      policy: shopper,
      request: { body: zStart },
      responses: { 201: zCheckout },
      example: { email: "ani@example.com", paymentMethod: "cod" },
    }),
    async (ctx, input) => showCheckout(ctx, await startCheckout(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{checkoutId}",
      summary: "Shows a checkout with its parcels and totals.",
      policy: shopper,
      request: { params: zCheckoutRef },
      responses: { 200: zCheckout },
      example: { checkoutId },
    }),
    async (ctx, input) => showCheckout(ctx, await getCheckout(ctx, input)),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{checkoutId}",
      summary: "Sets e-mail, address, method, vouchers or a parcel's carrier; says what is still missing.",
      policy: shopper,
      request: { params: zCheckoutRef, body: zPatch },
      responses: { 200: zCheckout },
      example: { checkoutId, paymentMethod: "cod" },
    }),
    async (ctx, input) => showCheckout(ctx, await changeCheckout(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{checkoutId}/complete",
      summary: "Takes the stock, places an order per seller and starts the payment, all or nothing.",
      policy: shopper,
      request: { params: zCheckoutRef, body: zComplete },
      responses: { 200: zCompleted },
      idempotency: "required",
      example: { checkoutId },
    }),
    async (ctx, input) => showCompleted(ctx, await completeCheckout(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{checkoutId}/cancel",
      summary: "Ends a checkout that is not an order yet.",
      policy: shopper,
      request: { params: zCheckoutRef },
      responses: { 200: zCheckout },
      example: { checkoutId },
    }),
    async (ctx, input) => showCheckout(ctx, await cancelCheckout(ctx, input)),
  );
