import { createHash } from "node:crypto";
import { actorKey, requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { sniff } from "#kernel/sniff";
import { type Dispute, decideDispute, decideSubmit, isClosed } from "../domain/dispute.ts";
import { fail } from "../errors.ts";
import { submitToStripe } from "../providers/stripe.ts";
import {
  disputeQuery,
  type Evidence,
  evidenceQuery,
  insertEvidence,
  saveDispute,
} from "../repository/disputes.ts";
import { endDispute } from "./lose.ts";
import { orAway } from "./notify.ts";

/** What a bank reads of a case; more than this is not read. */
const WORDS_MAX = 20_000;

type DisputeRef = { readonly disputeId: Id<"dispute"> };
type Upload = DisputeRef & {
  readonly fileName: string;
  readonly note: string;
  readonly raw: { readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string };
};

async function load(ctx: Ctx, { disputeId }: DisputeRef): Promise<Dispute> {
  const [dispute] = await ctx.db.load(disputeQuery(disputeId));
  if (!dispute) throw fail("payment.dispute_not_found");
  return dispute;
}

/** In the private bucket; the bytes go first, since a row without bytes would be a lie. */
export async function uploadEvidence(ctx: Ctx, upload: Upload): Promise<Evidence> {
  requireOperator(ctx, "payment:write");
  const { disputeId, fileName, note, raw } = upload;
  const dispute = await load(ctx, { disputeId });
  if (dispute.state !== "needs_response") throw fail("payment.dispute_closed");
  if (sniff(raw.bytes) !== raw.contentType) throw fail("payment.evidence_not_as_said");
  const sha256 = createHash("sha256").update(raw.bytes).digest("hex");
  const id = ctx.ids.next("evidence");
  const evidence: Evidence = {
    id,
    disputeId,
    fileName,
    mediaType: raw.contentType,
    bytes: raw.bytes.byteLength,
    sha256,
    objectKey: `${ctx.cell}/disputes/${disputeId}/${sha256}`,
    note,
    uploadedBy: actorKey(ctx.actor),
    createdAt: ctx.clock.now(),
  };
  const httpMetadata = { contentType: raw.contentType };
  await ctx.buckets.DOCUMENTS.put(evidence.objectKey, raw.bytes, { httpMetadata });
  const committed = await ctx.db.commit([insertEvidence(evidence)]);
  if (committed.ok) return evidence;
  const [known] = await ctx.db.load(evidenceQuery(disputeId));
  return known.find((one) => one.sha256 === sha256) ?? evidence;
}

/** Hands the case to the bank: with Stripe by its API, with others by mail and this record of it. */
export async function submitEvidence(ctx: Ctx, ref: DisputeRef & { words: string }): Promise<Dispute> {
  requireOperator(ctx, "payment:write");
  const dispute = await load(ctx, ref);
  const [papers] = await ctx.db.load(evidenceQuery(ref.disputeId));
  if (dispute.state === "under_review") return dispute;
  if (dispute.state !== "needs_response") throw fail("payment.dispute_closed");
  const listed = papers.map(({ fileName, sha256, note }) => `${fileName} (sha256 ${sha256}): ${note}`);
  const words = [ref.words, ...listed].join("\n").slice(0, WORDS_MAX);
  const desk = { cell: ctx.cell, config: ctx.config, now: ctx.clock.now() };
  const isTaken =
    dispute.provider !== "stripe" || (await submitToStripe(desk, dispute.ref, words).catch(orAway));
  if (!isTaken) throw fail("payment.dispute_closed");
  const after = decideSubmit(dispute, ctx.clock.now());
  orThrow(await ctx.db.commit([saveDispute(after)]), fail);
  return after;
}

/** How a case has ended where the provider says nothing of that. */
export async function closeDispute(
  ctx: Ctx,
  { disputeId, outcome }: DisputeRef & { readonly outcome: "won" | "lost" },
): Promise<Dispute> {
  requireOperator(ctx, "payment:write");
  const before = await load(ctx, { disputeId });
  if (before.state === outcome) return before;
  if (isClosed(before.state)) throw fail("payment.dispute_closed");
  const after = decideDispute(before, { ...before, state: outcome }, ctx.clock.now());
  orThrow(await ctx.db.commit([saveDispute(after), ...(await endDispute(ctx, after))]), fail);
  return after;
}
