import { requireBuyer, requireShop, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { ok, orThrow, type Result } from "#kernel/result";
import { giveTicket } from "#kernel/ticket";
import { partiesQuery } from "#services/transaction/order/index";
import { type Consultation, decideAccept, decideCancel, peerOf } from "./domain/consultation.ts";
import { type Grant, signGrant } from "./domain/grant.ts";
import { fail } from "./errors.ts";
import { turnProvider } from "./providers/choose.ts";
import { TurnSilent } from "./providers/port.ts";
import { consultationQuery, insertConsultation, type Scope, saveConsultation } from "./repository.ts";
import type { AskConsultation, ConsultationRef, WantGrant } from "./schemas.ts";

/** Long enough to look at oneself before dialling. */
const GRANT_MS = 120_000;
/** Longer than a call may take. */
const RELAY_MS = 5 * 3_600_000;
const RETRY_AFTER_SECONDS = 3;

/** To one's own line, on which one is called and calls. */
export function giveLineTicket(ctx: Ctx) {
  const userId = requireUser(ctx);
  return giveTicket(ctx, { noun: "call-line", id: userId, personId: userId, role: "owner" });
}

/** Nobody may call anybody, but for an order between them or a talk that both agreed on. */
export async function grantCall(ctx: Ctx, wanted: WantGrant) {
  const callerId = requireUser(ctx);
  const { calleeId, subject } =
    "orderId" in wanted ? await aboutOrder(ctx, wanted.orderId) : await aboutTalk(ctx, callerId, wanted);
  if (calleeId === callerId) throw fail("call.not_allowed");
  const expiresAt = ctx.clock.now() + GRANT_MS;
  const callId = ctx.ids.next("call");
  const grant = signGrant(ctx.keys, { callerId, calleeId, subject, expiresAt });
  return { callId, grant, calleeId, expiresAt: new Date(expiresAt).toISOString() };
}

type Allowed = Pick<Grant, "calleeId" | "subject">;

/** The shop calls the buyer of its order; who of the shop a buyer could call is for a consultation to say. */
async function aboutOrder(ctx: Ctx, orderId: Id<"order">): Promise<Allowed> {
  const [parties] = await ctx.db.load(partiesQuery(orderId));
  const { actor } = ctx;
  const isShop = actor.kind === "user" && actor.shop?.sellerId === parties?.sellerId;
  if (!parties || !isShop) throw fail("call.not_allowed");
  requireShop(ctx, "order:write");
  if (!parties.buyerId.startsWith("usr_")) throw fail("call.nobody_to_call");
  const { sellerId } = parties;
  return { calleeId: parties.buyerId as Id<"user">, subject: { kind: "order", id: orderId, sellerId } };
}

async function aboutTalk(ctx: Ctx, me: Id<"user">, { consultationId }: ConsultationRef): Promise<Allowed> {
  const [one] = await ctx.db.load(consultationQuery(consultationId));
  if (!one || (one.buyerId !== me && one.hostId !== me)) throw fail("consultation.not_found");
  const calleeId = orThrow(peerOf(one, me, ctx.clock.now()), fail);
  return { calleeId, subject: { kind: "consultation", id: consultationId, sellerId: one.sellerId } };
}

/** How a browser finds a way to the other's; a relay's credentials are the caller's and end by themselves. */
export async function giveIceServers(ctx: Ctx) {
  const userId = requireUser(ctx);
  const now = ctx.clock.now();
  try {
    const iceServers = await turnProvider(ctx.config.turn).iceServers({ userId, lifetimeMs: RELAY_MS, now });
    return { iceServers, expiresAt: new Date(now + RELAY_MS).toISOString() };
  } catch (error) {
    if (!(error instanceof TurnSilent)) throw error;
    ctx.log.warn("turn.silent", { reason: error.message });
    throw fail("call.relay_away", { retryAfter: RETRY_AFTER_SECONDS });
  }
}

export async function askConsultation(ctx: Ctx, wanted: AskConsultation): Promise<Consultation> {
  const buyerId = requireUser(ctx);
  const now = ctx.clock.now();
  if (wanted.startsAt < now) throw fail("consultation.past");
  const one: Consultation = {
    id: ctx.ids.next("consultation"),
    sellerId: wanted.sellerId,
    buyerId,
    hostId: null,
    productId: wanted.productId ?? null,
    state: "requested",
    startsAt: wanted.startsAt,
    endsAt: wanted.startsAt + wanted.minutes * 60_000,
    createdAt: now,
    version: 1,
  };
  await ctx.db.commit([insertConsultation(one)]);
  return one;
}

/** Who accepts for the shop will be there. */
export function acceptConsultation(ctx: Ctx, { consultationId }: ConsultationRef): Promise<Consultation> {
  const hostId = requireUser(ctx);
  const scope = { as: "seller", sellerId: requireShop(ctx, "order:write") } as const;
  return change(ctx, scope, consultationId, (one) => decideAccept(one, hostId, ctx.clock.now()));
}

export function cancelConsultation(
  ctx: Ctx,
  { consultationId, as }: CancelConsultation,
): Promise<Consultation> {
  return change(ctx, scopeOf(ctx, as), consultationId, decideCancel);
}
type CancelConsultation = ConsultationRef & { readonly as?: "buyer" | "seller" | undefined };

export function scopeOf(ctx: Ctx, as: "buyer" | "seller" = "buyer"): Scope {
  if (as === "seller") return { as, sellerId: requireShop(ctx, "order:write") };
  return { as, buyerId: requireBuyer(ctx) as Id<"user"> };
}

type Decide = (one: Consultation) => Result<Consultation, "consultation.wrong_state" | "consultation.past">;

async function change(ctx: Ctx, scope: Scope, id: Id<"consultation">, decide: Decide): Promise<Consultation> {
  const outcome = await untilFresh("consultation.stale", async () => {
    const [before] = await ctx.db.load(consultationQuery(id, scope));
    if (!before) throw fail("consultation.not_found");
    const decision = decide(before);
    if (!decision.ok || decision.value === before) return decision;
    const committed = await ctx.db.commit([saveConsultation(before, decision.value)]);
    return committed.ok ? ok(decision.value) : committed;
  });
  return orThrow(outcome, fail);
}
