import * as z from "zod";
import type { Ctx } from "#kernel/ctx";
import { type Id, zId } from "#kernel/ids";
import { toMoneyDto, zMoney } from "#kernel/money";
import { textIn } from "#kernel/texts";
import type { Answer, Line } from "./domain/cart.ts";
import type { CartView, LineView, Message } from "./domain/view.ts";

/** The most lines that any market may allow in a cart; a market's own limit is below it. */
const LINES_MAX = 1_000;
/** Above any market's limit, which the cart then checks. */
const QUANTITY_MAX = 1_000_000;
const NOTE_CHARS_MAX = 300;
const KEY_CHARS_MAX = 64;
const TOKEN_CHARS_MAX = 1_000;

export const zCartRef = z.object({ cartId: zId("cart") });
export const zLineRef = zCartRef.extend({ lineId: zId("line") });
export const zShareRef = z.object({ token: z.string().max(TOKEN_CHARS_MAX) });

/** Both are optional on a cart: a click need not carry them, an agent that repeats itself should. */
export const zChangeHeaders = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .max(KEY_CHARS_MAX)
    .optional(),
  "if-match": z
    .string()
    .regex(/^"\d{1,9}"$/)
    .optional(),
});
export type ChangeHeaders = { readonly headers: z.output<typeof zChangeHeaders> };

const zNote = z.string().trim().max(NOTE_CHARS_MAX);
const zQuantity = z.int().min(1).max(QUANTITY_MAX);
const zWanted = z.object({ offerId: zId("offer"), quantity: zQuantity, note: zNote.optional() });
/** One line, or many at once, which are all taken or none. */
export const zAddLines = z.union([
  zWanted.strict(),
  z.object({ lines: z.array(zWanted).min(1).max(LINES_MAX) }).strict(),
]);
export const zChangeLine = z.object({
  quantity: zQuantity.optional(),
  isSelected: z.boolean().optional(),
  isSaved: z.boolean().optional(),
  note: zNote.nullable().optional(),
});
/** Without ids: all lines. */
export const zSelectLines = z.object({
  isSelected: z.boolean(),
  lineIds: z.array(zId("line")).max(LINES_MAX).optional(),
});
export const zMerge = z.object({ guestToken: z.string().max(TOKEN_CHARS_MAX) });

export const zLine = z.object({
  id: zId("line"),
  offerId: zId("offer"),
  quantity: z.int(),
  isSelected: z.boolean(),
  isSaved: z.boolean(),
  note: z.string().nullable(),
});
export const zChanged = z.object({ id: zId("cart"), version: z.int(), lines: z.array(zLine) });
export const zMerged = zChanged.extend({
  /** Lines of the guest's cart that found no room; they stay there. */
  left: z.array(zId("line")),
});

const zLineView = zLine.extend({
  /** What can be bought now. */
  quantity: z.int(),
  /** What the buyer asked for. */
  wantedQuantity: z.int(),
  productId: zId("product").nullable(),
  title: z.string().nullable(),
  variantLabel: z.string().nullable(),
  slug: z.string().nullable(),
  imageKey: z.string().nullable(),
  unitPrice: zMoney.nullable(),
  goods: zMoney,
});
const zMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("price_changed"), lineId: zId("line"), from: zMoney, to: zMoney }),
  z.object({ type: z.literal("quantity_reduced"), lineId: zId("line"), from: z.int(), to: z.int() }),
  z.object({ type: z.literal("out_of_stock"), lineId: zId("line") }),
  z.object({ type: z.literal("unavailable"), lineId: zId("line") }),
  z.object({ type: z.literal("stock_unknown"), lineId: zId("line") }),
]);
export const zCart = z.object({
  id: zId("cart"),
  version: z.int(),
  groups: z.array(z.object({ sellerId: zId("seller").nullable(), goods: zMoney, lines: z.array(zLineView) })),
  saved: z.array(zLineView),
  messages: z.array(zMessage),
  totals: z.object({ lines: z.int(), units: z.int(), goods: zMoney }),
});
export const zOpenedCart = z.object({
  cart: zCart,
  /** A visitor's key to the cart, sent as a bearer token; null for those who are known already. */
  token: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
});
export const zShare = z.object({ token: z.string(), expiresAt: z.iso.datetime() });
export const zSharedCart = z.object({
  lines: z.array(
    z.object({
      offerId: zId("offer"),
      quantity: z.int(),
      productId: zId("product").nullable(),
      title: z.string().nullable(),
      variantLabel: z.string().nullable(),
      slug: z.string().nullable(),
      imageKey: z.string().nullable(),
      unitPrice: zMoney.nullable(),
    }),
  ),
});

export type AddLines = z.output<typeof zAddLines> & z.output<typeof zCartRef> & ChangeHeaders;
export type ChangeOneLine = z.output<typeof zChangeLine> & z.output<typeof zLineRef> & ChangeHeaders;
export type SelectLines = z.output<typeof zSelectLines> & z.output<typeof zCartRef> & ChangeHeaders;
export type RemoveLine = z.output<typeof zLineRef> & ChangeHeaders;
export type EmptyCart = z.output<typeof zCartRef> & ChangeHeaders;
export type MergeCart = z.output<typeof zMerge> & z.output<typeof zCartRef>;
export type CartRef = z.output<typeof zCartRef>;
export type Wanted = z.output<typeof zWanted>;

const toLineDto = ({ lineId, offerId, quantity, isSelected, isSaved, note }: Line) => ({
  id: lineId,
  offerId,
  quantity,
  isSelected,
  isSaved,
  note,
});

export const toChangedDto = (id: Id<"cart">, { version, lines }: Answer) => ({
  id,
  version,
  lines: lines.map(toLineDto),
});

type Shown = Pick<Ctx, "locale" | "market">;

function toOfferDto({ locale }: Shown, { offer }: LineView) {
  return {
    productId: offer?.productId ?? null,
    title: offer ? textIn(offer.title, locale) : null,
    variantLabel: offer ? textIn(offer.variantLabel, locale) : null,
    slug: offer?.slug ?? null,
    imageKey: offer?.imageKey ?? null,
    unitPrice: offer ? toMoneyDto(offer.price) : null,
  };
}

function toLineViewDto(ctx: Shown, view: LineView) {
  const { line, offer, quantity } = view;
  const minor = (offer?.price.minor ?? 0n) * BigInt(quantity);
  return {
    ...toLineDto(line),
    quantity,
    wantedQuantity: line.quantity,
    ...toOfferDto(ctx, view),
    goods: toMoneyDto({ minor, currency: ctx.market.currency }),
  };
}

const toMessageDto = (message: Message) =>
  message.type === "price_changed"
    ? { ...message, from: toMoneyDto(message.from), to: toMoneyDto(message.to) }
    : message;

type Shareable = { readonly token: string; readonly expiresAt: number };
export const toShareDto = ({ token, expiresAt }: Shareable) => ({
  token,
  expiresAt: new Date(expiresAt).toISOString(),
});

export const toMergedDto = (id: Id<"cart">, answer: Answer) => ({
  ...toChangedDto(id, answer),
  left: [...answer.left],
});

type Read = { readonly id: Id<"cart">; readonly version: number; readonly view: CartView };

export function toCartDto(ctx: Shown, { id, version, view }: Read) {
  const money = (minor: bigint) => toMoneyDto({ minor, currency: ctx.market.currency });
  const { lines, units, goodsMinor } = view.totals;
  return {
    id,
    version,
    groups: view.groups.map((group) => ({
      sellerId: group.sellerId,
      goods: money(group.goodsMinor),
      lines: group.lines.map((line) => toLineViewDto(ctx, line)),
    })),
    saved: view.saved.map((line) => toLineViewDto(ctx, line)),
    messages: view.messages.map(toMessageDto),
    totals: { lines, units, goods: money(goodsMinor) },
  };
}

type Opened = {
  readonly cart: Read;
  readonly token: string | null;
  readonly expiresAt: number | null;
};
export const toOpenedDto = (ctx: Shown, { cart, token, expiresAt }: Opened) => ({
  cart: toCartDto(ctx, cart),
  token,
  expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
});

export const toSharedDto = (ctx: Shown, view: CartView) => ({
  lines: view.groups
    .flatMap((group) => group.lines)
    .map((one) => ({
      offerId: one.line.offerId,
      quantity: one.line.quantity,
      ...toOfferDto(ctx, one),
    })),
});
