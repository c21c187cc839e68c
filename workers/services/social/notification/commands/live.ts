import { HOUR_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type {
  AuctionAwarded,
  AuctionOutbid,
  AuctionWithdrawn,
  GiveawayDrawn,
  LivestreamStarted,
} from "#services/communication/livestream/facts";
import { rsvpsQuery } from "#services/communication/livestream/index";
import type { SaleStartsSoon, TurnCame } from "#services/marketing/flash-sale/facts";
import type { Intent } from "../domain/message.ts";
import { TELL_SHOW, type TellShow } from "../facts.ts";
import { deliver } from "./deliver.ts";
import { tellShops } from "./shop.ts";

/** People that one job tells: as many rows as one commit writes at ease. */
const TOLD_MAX = 500;
/** A mail that leaves later than this after the beginning is no reminder any more. */
const REMIND_MS = HOUR_MS;

type Started = ReturnType<typeof LivestreamStarted.make>;
type FromRoom =
  | ReturnType<typeof AuctionAwarded.make>
  | ReturnType<typeof AuctionOutbid.make>
  | ReturnType<typeof GiveawayDrawn.make>;

/** Thousands may have asked, so they are told page by page, each page a commit of its own. */
export const remind = (ctx: Ctx, facts: readonly Started[]): readonly Statement[] =>
  facts.map(({ at, payload: { livestreamId, title = "" } }) =>
    schedule(ctx, TELL_SHOW, {
      subject: livestreamId,
      payload: { livestreamId, title, startedAt: at, after: "" },
    }),
  );

export async function tellShow(ctx: Ctx, page: TellShow): Promise<readonly Statement[]> {
  const { livestreamId, title, startedAt, after } = page;
  const [userIds] = await ctx.db.load(rsvpsQuery(livestreamId, TOLD_MAX, after));
  const intents = userIds.map(
    (userId): Intent => ({
      transactionId: `livestream.started/${livestreamId}/${userId}`,
      template: "livestream.started",
      data: { livestreamId, title },
      to: { userId },
      expiresAt: startedAt + REMIND_MS,
    }),
  );
  const last = userIds.at(-1);
  const isMore = userIds.length === TOLD_MAX && last !== undefined;
  return [
    ...(await deliver(ctx, intents)),
    ...(isMore
      ? [schedule(ctx, TELL_SHOW, { subject: livestreamId, payload: { ...page, after: last } })]
      : []),
  ];
}

/** What somebody won or lost in a show. A transaction is a person's and not an event's. */
export function liveIntents({ market }: Pick<Ctx, "market">, facts: readonly FromRoom[]): readonly Intent[] {
  const { currency } = market;
  return facts.flatMap((fact): readonly Intent[] => {
    const { livestreamId, title = "" } = fact.payload;
    if (fact.type === "livestream.giveaway_drawn") {
      const { giveawayId, userIds } = fact.payload;
      return userIds.map((userId) => ({
        transactionId: `livestream.giveaway_won/${livestreamId}/${giveawayId}/${userId}`,
        template: "livestream.giveaway_won",
        data: { livestreamId, title },
        to: { userId },
      }));
    }
    const { auctionId, userId, priceMinor: minor } = fact.payload;
    const data = { livestreamId, title, price: { minor, currency } };
    if (fact.type === "livestream.auction_outbid") {
      const { endsAt } = fact.payload;
      const transactionId = `livestream.outbid/${livestreamId}/${auctionId}/${userId}`;
      return [{ transactionId, template: "livestream.outbid", data, to: { userId }, expiresAt: endsAt }];
    }
    const { payBy } = fact.payload;
    const transactionId = `livestream.auction_won/${livestreamId}/${auctionId}/${userId}`;
    const won = { ...data, payBy };
    return [
      { transactionId, template: "livestream.auction_won", data: won, to: { userId }, expiresAt: payBy },
    ];
  });
}

/** Whoever had won is told that there is nothing to pay, and the shop why nobody bought. */
export async function withdrawnIntents(
  ctx: Ctx,
  facts: readonly ReturnType<typeof AuctionWithdrawn.make>[],
): Promise<readonly Intent[]> {
  const about = facts.map(({ payload: { livestreamId, sellerId, auctionId, title, userId } }) => ({
    ...{ sellerId, userId, key: `${livestreamId}/${auctionId}`, data: { livestreamId, title } },
  }));
  const winners = about.map(({ key, data, userId }): Intent => {
    const template = "livestream.auction_withdrawn";
    return { transactionId: `${template}/${key}`, template, data, to: { userId } };
  });
  const news = about.map(({ key, data, sellerId }) => {
    const template = "shop.auction_withdrawn";
    return { transactionId: `${template}/${key}`, template, data, sellerId };
  });
  return [...winners, ...(await tellShops(ctx, news))];
}

/** Each is of minutes: on the site and in the app, and not by mail. */
export const saleIntents = (
  facts: readonly (ReturnType<typeof SaleStartsSoon.make> | ReturnType<typeof TurnCame.make>)[],
): readonly Intent[] =>
  facts.map((fact): Intent => {
    const { saleId } = fact.payload;
    const base = { transactionId: `${fact.type}/${fact.id}`, template: fact.type, only: "inbox" as const };
    if (fact.type === "flash_sale.turn_came") {
      const { buyerId, expiresAt } = fact.payload;
      return { ...base, to: { userId: buyerId }, data: { saleId, expiresAt } };
    }
    const { userId, startsAt } = fact.payload;
    return { ...base, to: { userId }, data: { saleId, startsAt } };
  });
