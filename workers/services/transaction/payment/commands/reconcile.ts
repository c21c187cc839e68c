import { createHash } from "node:crypto";
import { actorKey, requireOperator } from "#kernel/actor";
import { HOUR_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Fact } from "#kernel/facts";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { csvRows, type Matched, matchRow, readHeader, readRow, type SettledRow } from "../domain/match.ts";
import type { Gateway } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { PaymentMismatch, PaymentReconciled } from "../facts.ts";
import * as files from "../repository/settlement.ts";

/** Rows of one commit; the same file is always cut alike, so that what was written is known again. */
const CHUNK_ROWS = 500;
const CHUNK_CHARS = 64 * 1024;
/** A day's file of one market; a larger one is split by whoever downloads it. */
const ROWS_MAX = 100_000;
const UNSEEN_MAX = 1_000;
/** A provider's day and ours do not end at the same second. */
const EDGE_MS = HOUR_MS;

type Upload = {
  readonly provider: Gateway;
  readonly raw: { readonly bytes: Uint8Array<ArrayBuffer> };
};

/** What a provider says that it has settled, row by row beside what we know. A file counts once. */
export async function takeSettlementFile(ctx: Ctx, upload: Upload): Promise<files.SettlementFile> {
  const { provider, raw } = upload;
  requireOperator(ctx, "payment:write");
  const sha256 = createHash("sha256").update(raw.bytes).digest("hex");
  const file = await openFile(ctx, provider, sha256);
  if (file.finishedAt !== null) return file;
  const span = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  let last = 1;
  for (const rows of chunked(ctx, provider, raw.bytes)) {
    await writeRows(ctx, file, rows);
    for (const { at, line } of rows) {
      last = line;
      if (at === null) continue;
      span.from = Math.min(span.from, at);
      span.to = Math.max(span.to, at);
    }
  }
  if (span.from <= span.to) await writeUnseen(ctx, file, { ...span, line: last + 1 });
  const [{ rows, totals }] = await ctx.db.load(files.totalsQuery(file.id));
  const finishedAt = ctx.clock.now();
  orThrow(await ctx.db.commit([files.finishFile(file.id, { rows, totals, finishedAt })]), fail);
  return { ...file, rows, totals, finishedAt };
}

/** A file that was begun and never finished is taken up where it was left. */
async function openFile(ctx: Ctx, provider: Gateway, sha256: string): Promise<files.SettlementFile> {
  const [known] = await ctx.db.load(files.fileByHashQuery(provider, sha256));
  if (known) return known;
  const file: files.SettlementFile = {
    id: ctx.ids.next("settlementFile"),
    provider,
    sha256,
    rows: 0,
    totals: { counts: {}, grossMinor: "0", feeMinor: "0", netMinor: "0" },
    uploadedBy: actorKey(ctx.actor),
    createdAt: ctx.clock.now(),
    finishedAt: null,
  };
  const committed = await ctx.db.commit([files.insertFile(file)]);
  if (committed.ok) return file;
  const [theirs] = await ctx.db.load(files.fileByHashQuery(provider, sha256));
  if (!theirs) throw fail("payment.stale");
  return theirs;
}

function* chunked(ctx: Ctx, gateway: Gateway, bytes: Uint8Array): Generator<SettledRow[]> {
  const rows = csvRows(decoded(bytes));
  const first = rows.next();
  if (first.done) throw fail("payment.file_unreadable");
  const header = orThrow(readHeader(first.value), fail);
  const reading = { gateway, header, currency: ctx.market.currency };
  let line = 1;
  let chunk: SettledRow[] = [];
  for (const cells of rows) {
    line += 1;
    if (line > ROWS_MAX) throw fail("payment.file_unreadable", { detail: `more than ${ROWS_MAX} rows` });
    const row = readRow(cells, line, reading);
    if (row) chunk.push(row);
    if (chunk.length < CHUNK_ROWS) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

function* decoded(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  try {
    for (let at = 0; at < bytes.length; at += CHUNK_CHARS) {
      yield decoder.decode(bytes.subarray(at, at + CHUNK_CHARS), { stream: true });
    }
    yield decoder.decode();
  } catch {
    throw fail("payment.file_unreadable");
  }
}

async function writeRows(ctx: Ctx, file: files.SettlementFile, rows: readonly SettledRow[]): Promise<void> {
  const provider = file.provider as Gateway;
  const ids = rows.flatMap(({ paymentId }) => paymentId ?? []);
  const refs = rows.map(({ ref }) => ref);
  const [known] = await ctx.db.load(files.oursQuery({ provider, ids, refs }));
  const byName = new Map(
    known.flatMap((one) => [one.paymentId, ...one.refs].map((name) => [name, one] as const)),
  );
  const matched = rows.map((row) => {
    const ours = byName.get(row.paymentId ?? "") ?? byName.get(row.ref);
    return { row: { ...row, paymentId: ours?.paymentId ?? row.paymentId }, match: matchRow(row, ours) };
  });
  await commitRows(ctx, file, matched);
}

const UNEXPLAINED = { note: null, explainedBy: null, explainedAt: null } as const;

type Pair = { readonly row: SettledRow; readonly match: Matched };

async function commitRows(ctx: Ctx, file: files.SettlementFile, pairs: readonly Pair[]): Promise<void> {
  const inserted = pairs.map(({ row: { at: _, ...row }, match }) => ({
    fileId: file.id,
    ...row,
    ...match,
    ...UNEXPLAINED,
  }));
  const facts = pairs.map((pair) => factOf(ctx, file, pair));
  const committed = await ctx.db.commit([files.insertRows(inserted), append(...facts)]);
  // Rows that are there already were written, with their facts, by a run that did not come to its end.
  if (!committed.ok && committed.code !== "payment.rows_known") throw fail("payment.stale");
}

function factOf(ctx: Ctx, { id: fileId, provider }: files.SettlementFile, { row, match }: Pair): Fact {
  const { paymentId, ref, kind, grossMinor, feeMinor, currency, line } = row;
  const gross = toMoneyDto({ minor: grossMinor, currency });
  const fee = toMoneyDto({ minor: feeMinor, currency });
  const about = { fileId, provider, paymentId, ref, kind, gross, fee };
  const subject = { id: fileId, version: line };
  const { outcome, expectedMinor } = match;
  if (outcome === "matched" || outcome === "fee") return PaymentReconciled.make(ctx, subject, about);
  const expected = expectedMinor === null ? null : toMoneyDto({ minor: expectedMinor, currency });
  return PaymentMismatch.make(ctx, subject, { ...about, outcome, expected });
}

type Span = { readonly from: number; readonly to: number; readonly line: number };

/** What we think was collected in the time that the file is of, and no file speaks of. */
async function writeUnseen(ctx: Ctx, file: files.SettlementFile, { from, to, line }: Span): Promise<void> {
  const span = { provider: file.provider as Gateway, from: from - EDGE_MS, to: to + EDGE_MS };
  const [unseen] = await ctx.db.load(files.unseenQuery({ ...span, limit: UNSEEN_MAX }));
  if (unseen.length === 0) return;
  const pairs = unseen.map(({ paymentId, capturedMinor, currency, ref }, index): Pair => {
    const none = { grossMinor: 0n, feeMinor: 0n, netMinor: 0n, at: null };
    const row = { line: line + index, kind: "charge" as const, paymentId, ref, currency, ...none };
    return { row, match: { outcome: "missing_there", expectedMinor: capturedMinor } };
  });
  await commitRows(ctx, file, pairs);
}
