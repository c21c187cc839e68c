import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import type { Texts } from "#kernel/texts";
import type { Attachment, Intent, Recipient } from "./message.ts";

/** What an order's event tells; the rest of its payload is the template's affair. */
export type ToldOrder = {
  readonly orderId: Id<"order">;
  readonly orderGroupId: Id<"orderGroup">;
  readonly sellerId: Id<"seller">;
  readonly buyerId: string;
  readonly email: string;
  readonly locale: Locale;
  readonly currency: string;
  readonly goodsMinor: string;
  readonly lines: readonly { readonly quantity: number }[];
};

/** A mail is no list: the rest is counted. */
const LOW_ITEMS_MAX = 20;

const isUser = (buyerId: string): buyerId is Id<"user"> => buyerId.startsWith("usr_");

export const buyerOf = ({
  buyerId,
  email,
  locale,
}: Pick<ToldOrder, "buyerId" | "email" | "locale">): Recipient => ({
  userId: isUser(buyerId) ? buyerId : undefined,
  email: email === "" ? undefined : email,
  locale,
});

/**
 * One message for the orders of a group that were told of together, named after the first of them: each
 * order's event is handled once, so each order is in exactly one message.
 */
export function groupedIntents(
  template: "order.placed" | "order.paid",
  orders: readonly ToldOrder[],
): Intent[] {
  const groups = Map.groupBy(orders, (order) => order.orderGroupId);
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1));
    const [first] = sorted;
    if (!first) return [];
    const transactionId = `${template}/${first.orderId}`;
    return [{ transactionId, template, data: { orders: sorted }, to: buyerOf(first) }];
  });
}

export const orderIntent = (
  template: "order.cancelled" | "order.shipped" | "order.delivered",
  order: ToldOrder,
  /** Tells apart what may happen to one order several times, such as a parcel. */
  occasion?: string,
): Intent => ({
  transactionId: [template, order.orderId, occasion].filter((part) => part !== undefined).join("/"),
  template,
  data: { ...order },
  to: buyerOf(order),
});

type ToldInvoice = {
  readonly invoiceId: string;
  readonly orderId: string;
  readonly buyerId: string;
  readonly email: string;
  readonly locale: Locale;
  readonly number: string;
  readonly documentKey: string;
};

export function invoiceIntent({ invoiceId, orderId, number, documentKey, ...buyer }: ToldInvoice): Intent {
  const attachment: Attachment = {
    key: documentKey,
    filename: `${number}.pdf`,
    contentType: "application/pdf",
  };
  const data = { number, orderId };
  return {
    transactionId: `invoice.ready/${invoiceId}`,
    template: "invoice.ready",
    data,
    to: buyerOf(buyer),
    attachment,
  };
}

type Shop = {
  readonly address: string | undefined;
  /** A member's inbox each; `email` is where that person reads mail. */
  readonly members: readonly { readonly userId: Id<"user">; readonly email: string | undefined }[];
};

type Said = Pick<Intent, "transactionId" | "template" | "data">;

export function newOrder({ orderId, currency, goodsMinor, lines }: ToldOrder): Said {
  const units = lines.reduce((sum, line) => sum + line.quantity, 0);
  const data = { orderId, units, goodsMinor, currency };
  return { transactionId: `shop.new_order/${orderId}`, template: "shop.new_order", data };
}

/**
 * A shop has one address for mail and an inbox for each member. When the address is a member's own, that
 * member's choice decides about the mail.
 */
export function shopIntents(said: Said, { address, members }: Shop): Intent[] {
  const { transactionId, ...message } = said;
  const owner = members.find(({ email }) => email !== undefined && email === address);
  const mail: Intent[] = address
    ? [{ ...message, transactionId, to: { userId: owner?.userId, email: address }, only: "email" }]
    : [];
  const notes = members.map(
    ({ userId }): Intent => ({
      ...message,
      transactionId: `${transactionId}/${userId}`,
      to: { userId },
      only: "inbox",
    }),
  );
  return [...mail, ...notes];
}

type ToldLow = {
  readonly id: string;
  readonly payload: {
    readonly sellerId: Id<"seller">;
    readonly offerIds: readonly Id<"offer">[];
    readonly available: number;
    readonly title?: Texts | undefined;
    readonly sku?: string | undefined;
  };
};

/**
 * What ran low at a shop in one go is one message, named after the first fact of it: each fact is handled
 * once, so each item is in exactly one message.
 */
export function stockLow(facts: readonly ToldLow[]): (Said & { readonly sellerId: Id<"seller"> })[] {
  return [...Map.groupBy(facts, ({ payload }) => payload.sellerId)].flatMap(([sellerId, own]) => {
    const sorted = own.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const [first] = sorted;
    if (!first) return [];
    const items = sorted.slice(0, LOW_ITEMS_MAX).map(({ payload: { title, sku, offerIds, available } }) => {
      return { title: title ?? { en: sku ?? offerIds[0] ?? "" }, sku: sku ?? null, available };
    });
    const data = { items, more: sorted.length - items.length };
    return [{ sellerId, transactionId: `shop.stock_low/${first.id}`, template: "shop.stock_low", data }];
  });
}
