import { ApiError, call } from "../api/client.ts";
import { isFinal } from "../api/intent.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { cartStore, identity } from "../session/tokens.ts";
import { openCart } from "../storefront/cart-state.ts";
import { draft, kept } from "./draft.ts";

export type Checkout = Schemas["Checkout"];
export type Patch = Schemas["Patch"];
/** Units that were claimed in a flash sale: they are bought alone. */
export type Hold = { readonly saleId: string; readonly holdId: string };
type Cart = Schemas["Cart"];

export const GUEST = "guest";
export function ownerNow(): string {
  const who = identity.get();
  return who.kind === "user" ? who.userId : GUEST;
}

/**
 * The checkout that was begun, as long as it is about what is in the cart and its prices hold; else a new one
 * that knows what the last one knew. Nothing when there is nothing to buy.
 */
export async function openCheckout(hold: Hold | undefined): Promise<Checkout | null> {
  const cart = hold || !cartStore.get() ? undefined : await openCart();
  // Calling the cart has settled who it is. What a guest has typed goes along when he signs in.
  const { owner = GUEST } = draft.get();
  if (owner !== GUEST && owner !== ownerNow()) {
    // Signed out meanwhile: nothing is begun as a guest before he is back.
    if (ownerNow() === GUEST) return null;
    draft.clear();
  }
  const begun = kept.get();
  const isMine = begun !== undefined && begun.owner === ownerNow() && begun.holdId === hold?.holdId;
  const found = isMine ? await find(begun.checkoutId) : undefined;
  if (found && fits(found, cart)) {
    if (found.state === "completed") return found;
    const isOver = found.state === "canceled" || Date.parse(found.expiresAt) <= Date.now();
    if (!isOver) return remember(await catchUp(found), hold);
    draft.set({ again: { code: "checkout.expired", before: found.totals.total } });
  }
  if (!hold && !cart) return null;
  try {
    return remember(await start(hold), hold);
  } catch (error) {
    if (error instanceof ApiError && error.code === "checkout.empty") return null;
    throw error;
  }
}

async function find(checkoutId: string): Promise<Checkout | undefined> {
  try {
    return await call("GET /v1/checkouts/{checkoutId}", { path: { checkoutId } });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Of what was ordered the cart may still hold something for a moment. */
function fits({ state, parcels }: Checkout, cart: Cart | undefined): boolean {
  const quoted = new Map(parcels.flatMap(({ lines }) => lines.map((line) => [line.lineId, line.quantity])));
  const lines = cart?.groups.flatMap((group) => group.lines).filter((line) => line.isSelected) ?? [];
  if (!cart) return true;
  if (state === "completed") return lines.every(({ id }) => quoted.has(id));
  return lines.length === quoted.size && lines.every(({ id, wantedQuantity: n }) => quoted.get(id) === n);
}

/** What was asked for and not heard of is asked for again. */
async function catchUp(checkout: Checkout): Promise<Checkout> {
  const { wanted } = draft.get();
  if (!wanted) return checkout;
  try {
    const path = { checkoutId: checkout.id };
    const caughtUp = await call("PATCH /v1/checkouts/{checkoutId}", { path, body: wanted });
    draft.set({ wanted: undefined });
    return caughtUp;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    draft.set({ wanted: undefined });
    return checkout;
  }
}

async function start(saleHold: Hold | undefined): Promise<Checkout> {
  const { known, wanted } = draft.get();
  const { rates: _, ...details } = { ...known, ...wanted };
  const about = saleHold ? { saleHold } : {};
  const isUser = ownerNow() !== GUEST;
  const body = { bestVouchers: true, ...details, ...about };
  const hasPlace = body.address !== undefined || body.addressId !== undefined;
  const usual = isUser && !hasPlace ? await usualAddress() : {};
  try {
    return await call("POST /v1/checkouts", { body: { ...body, ...usual } });
  } catch (error) {
    if (!(error instanceof ApiError) || !DETAILS_REFUSED.has(error.code)) throw error;
    return call("POST /v1/checkouts", { body: { bestVouchers: true, ...about } });
  }
}

/** What was known before may not be known any more; then it is asked for on the page. */
const DETAILS_REFUSED: ReadonlySet<string> = new Set([
  "checkout.address_not_found",
  "checkout.method_unavailable",
  "checkout.wrong_country",
  "request.invalid",
]);

async function usualAddress(): Promise<Pick<Patch, "addressId">> {
  const { items } = await call("GET /v1/users/me/addresses", {});
  const usual = items.find((address) => address.isDefaultShipping);
  return usual ? { addressId: usual.id } : {};
}

/** Keeps what a next checkout is to know, and which one this is. */
export function remember(checkout: Checkout, hold: Hold | undefined): Checkout {
  const { id: checkoutId, email, address, paymentMethod, vouchers } = checkout;
  kept.set({ checkoutId, owner: ownerNow(), ...(hold && { holdId: hold.holdId }) });
  draft.set({
    owner: ownerNow(),
    known: {
      ...(email !== null && { email }),
      ...(address !== null && { address }),
      ...(paymentMethod !== null && { paymentMethod }),
      voucherCodes: vouchers.codes,
      bestVouchers: vouchers.best,
    },
    wanted: undefined,
  });
  return checkout;
}

/** The API has decided; asking again would have the same answer. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && error.status !== 401 && isFinal(error);
