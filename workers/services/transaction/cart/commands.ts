import { createHash } from "node:crypto";
import { type BuyerId, requireBuyer, requireUser } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { FieldError } from "#kernel/errors";
import { canonical } from "#kernel/idempotency";
import type { Id } from "#kernel/ids";
import { seal } from "#kernel/seal";
import { readActor, signToken } from "#kernel/token";
import { onCart } from "#objects/stubs";
import { inheritCollected } from "#services/transaction/voucher/index";
import type { Answer, Change, Line, NewLine, Op, Refusal, Terms } from "./domain/cart.ts";
import { type Offered, viewCart } from "./domain/view.ts";
import { fail } from "./errors.ts";
import { cartIdOf, findOffers, getCart, type ReadCart, requireOwnCart, SHARED_CART } from "./queries.ts";
import type {
  AddLines,
  CartRef,
  ChangeHeaders,
  ChangeOneLine,
  EmptyCart,
  MergeCart,
  RemoveLine,
  SelectLines,
  Wanted,
} from "./schemas.ts";

/** A visitor comes back within this, or the cart is forgotten. */
const GUEST_MS = 30 * DAY_MS;
const SHARE_MS = 7 * DAY_MS;
/** A guest who adds lines while he signs in makes the merge look again. */
const MERGE_TRIES_MAX = 3;

type Opened = {
  readonly cart: ReadCart;
  readonly token: string | null;
  readonly expiresAt: number | null;
};

/** A key that may buy opens carts for visitors of its own, and acts for each with his token in X-Guest. */
const opensForVisitor = ({ actor }: Ctx): boolean =>
  actor.kind === "anonymous" || (actor.kind === "service" && actor.scopes.includes("buy"));

/** A visitor gets a guest's id and a token for it; nothing is stored until he puts something in. */
export async function openCart(ctx: Ctx): Promise<Opened> {
  if (!opensForVisitor(ctx)) {
    const cart = await getCart(ctx, { cartId: cartIdOf(requireBuyer(ctx)) });
    return { cart, token: null, expiresAt: null };
  }
  const guestId = ctx.ids.next("guest");
  const now = ctx.clock.now();
  const token = await signToken(ctx, { use: "guest", sub: guestId }, { now, lifetimeMs: GUEST_MS });
  const view = viewCart([], { currency: ctx.market.currency, offers: new Map(), stock: new Map() });
  return { cart: { id: cartIdOf(guestId), version: 0, view }, token, expiresAt: now + GUEST_MS };
}

type Caller = { readonly cartId: Id<"cart">; readonly ownerId: BuyerId } & Partial<ChangeHeaders>;

/** One call of the object: it decides, writes and answers. The request's id is the key when there is none. */
async function submit(
  ctx: Ctx,
  { cartId, ownerId, headers }: Caller,
  op: Op,
  input: unknown,
): Promise<Answer> {
  const key = headers?.["idempotency-key"];
  const ifMatch = headers?.["if-match"];
  const change: Change = {
    ...op,
    key: key === undefined ? ctx.requestId : `${op.op} ${key}`,
    hash: key === undefined ? "" : hashOf(input),
    ownerId,
    ifMatch: ifMatch === undefined ? undefined : Number(ifMatch.slice(1, -1)),
  };
  return askCart(ctx, cartId, change);
}

async function askCart(ctx: Ctx, cartId: Id<"cart">, change: Change): Promise<Answer> {
  const outcome = await onCart(ctx, cartId, (cart) => cart.change(change));
  if (!outcome.ok) throw refused(outcome);
  return outcome.value;
}

const hashOf = (input: unknown) => createHash("sha256").update(canonical(input)).digest("base64url");

function refused({ code, line }: Refusal) {
  if (line === undefined) return fail(code);
  const { title } = fail(code);
  return fail(code, { errors: [{ path: `body.lines.${line}`, code, message: title.en }] });
}

export async function addLines(ctx: Ctx, { cartId, headers, ...body }: AddLines): Promise<Answer> {
  const ownerId = requireOwnCart(ctx, cartId);
  const wanted = "lines" in body ? body.lines : [body];
  const offers = await findOffers(
    ctx,
    wanted.map((line) => line.offerId),
  );
  if (offers) refuseUnsold(wanted, offers);
  const lines = wanted.map(
    ({ offerId, quantity, note }): NewLine => ({
      lineId: ctx.ids.next("line"),
      offerId,
      quantity,
      note: note ?? null,
      terms: termsOf(offers?.get(offerId)),
    }),
  );
  return submit(ctx, { cartId, ownerId, headers }, { op: "add", lines }, body);
}

/** All at fault are named at once. What the catalogue never heard of is told apart from what rests. */
function refuseUnsold(wanted: readonly Wanted[], offers: ReadonlyMap<Id<"offer">, Offered>): void {
  const errors: FieldError[] = [];
  let isUnknown = false;
  for (const [i, { offerId }] of wanted.entries()) {
    const offer = offers.get(offerId);
    if (offer?.isSold) continue;
    isUnknown ||= offer === undefined;
    const code = offer ? "unavailable" : "missing";
    errors.push({ path: `body.lines.${i}.offerId`, code, message: "This offer is not sold." });
  }
  if (errors.length > 0) {
    throw fail(isUnknown ? "cart.offer_not_found" : "cart.offer_unavailable", { errors });
  }
}

const termsOf = (offer: Offered | undefined): Terms | null =>
  offer
    ? {
        minQuantity: offer.minQuantity,
        stepQuantity: offer.stepQuantity,
        maxQuantity: offer.maxQuantity,
        priceMinor: offer.price.minor.toString(),
      }
    : null;

/** The line's offer is known to the cart alone, so its terms are read before the change is made. */
export async function changeLine(
  ctx: Ctx,
  { cartId, lineId, headers, ...wanted }: ChangeOneLine,
): Promise<Answer> {
  const ownerId = requireOwnCart(ctx, cartId);
  const isPlain = wanted.quantity === undefined && wanted.isSaved === undefined;
  const terms = isPlain ? null : await termsOfLine(ctx, cartId, lineId);
  const change = { lineId, ...wanted, terms };
  return submit(ctx, { cartId, ownerId, headers }, { op: "change", change }, { lineId, ...wanted });
}

async function termsOfLine(ctx: Ctx, cartId: Id<"cart">, lineId: Id<"line">): Promise<Terms | null> {
  const line = await onCart(ctx, cartId, (cart) => cart.find(lineId));
  if (!line) throw fail("cart.line_not_found");
  const offers = await findOffers(ctx, [line.offerId]);
  return termsOf(offers?.get(line.offerId));
}

export async function selectLines(
  ctx: Ctx,
  { cartId, headers, isSelected, lineIds }: SelectLines,
): Promise<Answer> {
  const ownerId = requireOwnCart(ctx, cartId);
  const op: Op = { op: "select", lineIds: lineIds ?? null, isSelected };
  return submit(ctx, { cartId, ownerId, headers }, op, { isSelected, lineIds });
}

export async function removeLine(ctx: Ctx, { cartId, lineId, headers }: RemoveLine): Promise<Answer> {
  const ownerId = requireOwnCart(ctx, cartId);
  const op: Op = { op: "remove", lineIds: [lineId] };
  return submit(ctx, { cartId, ownerId, headers }, op, { lineId });
}

export async function emptyCart(ctx: Ctx, { cartId, headers }: EmptyCart): Promise<Answer> {
  const ownerId = requireOwnCart(ctx, cartId);
  return submit(ctx, { cartId, ownerId, headers }, { op: "remove", lineIds: null }, {});
}

/** For what was bought: safe to call again under the same key, by default the request's own. */
export async function removeLines(
  ctx: Ctx,
  cartId: Id<"cart">,
  lineIds: readonly Id<"line">[],
  key: string = ctx.requestId,
): Promise<void> {
  await askCart(ctx, cartId, { op: "remove", lineIds, key: `bought ${key}`, hash: "", ownerId: null });
}

/**
 * Brings a guest's lines into the user's cart and takes them out of the guest's. Each half is idempotent, and
 * the guest's cart gives up only what was read: a crash between them or a click meanwhile loses nothing.
 */
export async function mergeCart(ctx: Ctx, { cartId, guestToken }: MergeCart): Promise<Answer> {
  const ownerId = requireUser(ctx);
  requireOwnCart(ctx, cartId);
  const guestId = await readGuest(ctx, guestToken);
  const guestCartId = cartIdOf(guestId);
  await ctx.db.commit(inheritCollected({ guestId, userId: ownerId }));
  for (let tries = 1; ; tries += 1) {
    const guest = await onCart(ctx, guestCartId, (cart) => cart.read());
    const key = `merge ${guestCartId} ${guest.version}`;
    const lines = guest.lines as readonly Line[];
    const merged = await askCart(ctx, cartId, { op: "merge", lines, key, hash: "", ownerId });
    const taken = lines.map((line) => line.lineId).filter((lineId) => !merged.left.includes(lineId));
    const emptied = await onCart(ctx, guestCartId, (cart) =>
      cart.change({
        op: "remove",
        lineIds: taken,
        key: `merged ${guest.version}`,
        hash: "",
        ownerId: guestId,
        ifMatch: guest.version,
      }),
    );
    if (emptied.ok) return merged;
    if (emptied.code !== "cart.stale" || tries === MERGE_TRIES_MAX) throw refused(emptied);
  }
}

async function readGuest(ctx: Ctx, guestToken: string): Promise<Id<"guest">> {
  const bearer = { token: `Bearer ${guestToken}`, shop: null, now: ctx.clock.now() };
  const { actor } = await readActor(ctx, bearer).catch(() => ({ actor: undefined }));
  if (actor?.kind !== "guest") throw fail("cart.bad_token");
  return actor.guestId;
}

/** Sealed, so that the link shows neither whose cart it is nor its id. */
export async function shareCart(ctx: Ctx, { cartId }: CartRef) {
  requireOwnCart(ctx, cartId);
  const expiresAt = ctx.clock.now() + SHARE_MS;
  const token = await seal(ctx, { cartId, expiresAt }, { about: SHARED_CART });
  return { token, expiresAt };
}
