import type { BuyerId } from "#kernel/actor";
import { requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { sha256 } from "#kernel/digest";
import { shopRoleGrants } from "#kernel/permission";
import { giveTicket } from "#kernel/ticket";
import type { Show } from "../domain/show.ts";
import { fail } from "../errors.ts";
import { loadShow } from "../queries/shows.ts";
import { crewQuery } from "../repository.ts";
import type { ShowRef } from "../schemas.ts";

type Role = "host" | "cohost" | "moderator" | "viewer" | "guest";

/** What this person is in this show: the shop's own people run it, others as they were named. */
export async function roleIn(ctx: Ctx, show: Show): Promise<Role> {
  const { actor } = ctx;
  if (actor.kind === "guest") return "guest";
  if (actor.kind !== "user") throw fail("livestream.not_crew");
  const isShop = actor.shops.some(
    ({ sellerId, role }) => sellerId === show.sellerId && shopRoleGrants(role, "offer:write"),
  );
  if (isShop) return "host";
  const [crew] = await ctx.db.load(crewQuery(show.id));
  return crew.find(({ userId }) => userId === actor.userId)?.role ?? "viewer";
}

/** A viewer stands before one of the show's relays, always the same one. */
export async function enterShow(ctx: Ctx, { livestreamId, name }: ShowRef & { readonly name: string }) {
  const personId = requireBuyer(ctx);
  const show = await loadShow(ctx, { livestreamId });
  if (show.state === "cancelled") throw fail("livestream.not_open");
  const role = await roleIn(ctx, show);
  const relay = relayOf(personId, ctx.market.livestream.relays);
  return giveTicket(ctx, { noun: "audience-relay", id: `${livestreamId}~${relay}`, personId, role, name });
}

const relayOf = (personId: BuyerId, relays: number): number =>
  Number.parseInt(sha256(personId).slice(0, 8), 16) % relays;
