import * as z from "zod";
import { anyOf, buyer, guest, open } from "#kernel/policy";
import { newRpc, rpcMethod } from "#kernel/rpc";
import { CartService } from "#proto/cart/v1/cart_pb";
import { addLines, changeLine, emptyCart, openCart, removeLine, selectLines } from "./commands.ts";
import { getCart } from "./queries.ts";
import {
  toCartDto,
  toChangedDto,
  toOpenedDto,
  zAddLines,
  zCart,
  zCartRef,
  zChanged,
  zChangeLine,
  zLineRef,
  zOpenedCart,
  zSelectLines,
} from "./schemas.ts";

const owner = anyOf(guest, buyer);
/** A key is welcome and not demanded, as over HTTP. */
const zKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/)
  .optional()
  .catch(undefined);
type Keyed = { readonly headers: Headers };
const keyOf = ({ headers }: Keyed) => ({
  "idempotency-key": zKey.parse(headers.get("idempotency-key") ?? undefined),
});

export const rpc = newRpc(CartService, {
  openCart: rpcMethod({
    policy: open,
    input: z.object({}),
    output: zOpenedCart,
    run: async (ctx) => toOpenedDto(ctx, await openCart(ctx)),
  }),
  getCart: rpcMethod({
    policy: owner,
    input: zCartRef,
    output: zCart,
    run: async (ctx, input) => toCartDto(ctx, await getCart(ctx, input)),
  }),
  addLines: rpcMethod({
    policy: owner,
    input: zCartRef.extend(zAddLines.options[1].shape),
    output: zChanged,
    run: async (ctx, input, call) =>
      toChangedDto(input.cartId, await addLines(ctx, { ...input, headers: keyOf(call) })),
  }),
  changeLine: rpcMethod({
    policy: owner,
    input: zLineRef.extend(zChangeLine.shape),
    output: zChanged,
    run: async (ctx, input, call) =>
      toChangedDto(input.cartId, await changeLine(ctx, { ...input, headers: keyOf(call) })),
  }),
  selectLines: rpcMethod({
    policy: owner,
    input: zCartRef.extend(zSelectLines.shape),
    output: zChanged,
    run: async (ctx, input, call) =>
      toChangedDto(input.cartId, await selectLines(ctx, { ...input, headers: keyOf(call) })),
  }),
  removeLine: rpcMethod({
    policy: owner,
    input: zLineRef,
    output: zChanged,
    run: async (ctx, input, call) =>
      toChangedDto(input.cartId, await removeLine(ctx, { ...input, headers: keyOf(call) })),
  }),
  emptyCart: rpcMethod({
    policy: owner,
    input: zCartRef,
    output: zChanged,
    run: async (ctx, input, call) =>
      toChangedDto(input.cartId, await emptyCart(ctx, { ...input, headers: keyOf(call) })),
  }),
});
