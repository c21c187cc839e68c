import { defineRoute, newApp } from "#kernel/app";
import { anyOf, buyer, guest, open } from "#kernel/policy";
import {
  addLines,
  changeLine,
  emptyCart,
  mergeCart,
  openCart,
  removeLine,
  selectLines,
  shareCart,
} from "./commands.ts";
import { getCart, getSharedCart } from "./queries.ts";
import {
  toCartDto,
  toChangedDto,
  toMergedDto,
  toOpenedDto,
  toShareDto,
  toSharedDto,
  zAddLines,
  zCart,
  zCartRef,
  zChanged,
  zChangeHeaders,
  zChangeLine,
  zLineRef,
  zMerge,
  zMerged,
  zOpenedCart,
  zSelectLines,
  zShare,
  zSharedCart,
  zShareRef,
} from "./schemas.ts";

const owner = anyOf(guest, buyer);
const CART_ID = "crt_01jd8zt4w8h5vc6q1m9a2r7sxy";
const LINE_ID = "lin_01jd8zt4w8h5vc6q1m9a2r7sxy";
const OFFER_ID = "ofr_01jd8zt4w8h5vc6q1m9a2r7sxy";
/** A thousand lines with their notes. */
const BULK_BYTES_MAX = 512 * 1024;

export const app = newApp("/v1/carts")
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Open the caller's cart; a visitor gets a cart token with it.",
      policy: open,
      request: {},
      responses: { 201: zOpenedCart },
      example: {},
    }),
    async (ctx) => toOpenedDto(ctx, await openCart(ctx)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/shared/{token}",
      summary: "Look at a cart that somebody shared.",
      policy: open,
      request: { params: zShareRef },
      responses: { 200: zSharedCart },
      example: { token: "c2VhbGVk" },
    }),
    async (ctx, input) => toSharedDto(ctx, await getSharedCart(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{cartId}",
      summary: "Read the cart with today's prices and stock, and what changed since the buyer saw it.",
      policy: owner,
      request: { params: zCartRef },
      responses: { 200: zCart },
      example: { cartId: CART_ID },
    }),
    async (ctx, input) => toCartDto(ctx, await getCart(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{cartId}/lines",
      summary: "Put an offer in the cart, or many at once.",
      policy: owner,
      request: { params: zCartRef, headers: zChangeHeaders, body: zAddLines, bytesMax: BULK_BYTES_MAX },
      responses: { 201: zChanged },
      example: { cartId: CART_ID, offerId: OFFER_ID, quantity: 1 },
    }),
    async (ctx, input) => toChangedDto(input.cartId, await addLines(ctx, input)),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{cartId}/lines",
      summary: "Select or deselect lines, or all of them.",
      policy: owner,
      request: { params: zCartRef, headers: zChangeHeaders, body: zSelectLines, bytesMax: BULK_BYTES_MAX },
      responses: { 200: zChanged },
      example: { cartId: CART_ID, isSelected: true },
    }),
    async (ctx, input) => toChangedDto(input.cartId, await selectLines(ctx, input)),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{cartId}/lines",
      summary: "Empty the cart, but for what is saved for later.",
      policy: owner,
      request: { params: zCartRef, headers: zChangeHeaders },
      responses: { 200: zChanged },
      example: { cartId: CART_ID },
    }),
    async (ctx, input) => toChangedDto(input.cartId, await emptyCart(ctx, input)),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{cartId}/lines/{lineId}",
      summary: "Change a line's quantity or note, select it, or save it for later.",
      policy: owner,
      request: { params: zLineRef, headers: zChangeHeaders, body: zChangeLine },
      responses: { 200: zChanged },
      example: { cartId: CART_ID, lineId: LINE_ID, quantity: 2 },
    }),
    async (ctx, input) => toChangedDto(input.cartId, await changeLine(ctx, input)),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{cartId}/lines/{lineId}",
      summary: "Take a line out of the cart; it is no error when it is gone already.",
      policy: owner,
      request: { params: zLineRef, headers: zChangeHeaders },
      responses: { 200: zChanged },
      example: { cartId: CART_ID, lineId: LINE_ID },
    }),
    async (ctx, input) => toChangedDto(input.cartId, await removeLine(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{cartId}/merge",
      summary: "Bring over a guest's cart after signing in: of the same offer the larger quantity stays.",
      policy: buyer,
      request: { params: zCartRef, body: zMerge },
      responses: { 200: zMerged },
      example: { cartId: CART_ID, guestToken: "eyJhbGciOiJFZERTQSJ9.e30.c2ln" },
    }),
    async (ctx, input) => toMergedDto(input.cartId, await mergeCart(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{cartId}/share",
      summary: "Make a link that shows the cart to others and lets them do nothing.",
      policy: owner,
      request: { params: zCartRef },
      responses: { 201: zShare },
      example: { cartId: CART_ID },
    }),
    async (ctx, input) => toShareDto(await shareCart(ctx, input)),
  );
