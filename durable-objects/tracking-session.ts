import { cellConfig } from "#kernel/cell";
import { createGroupCommit } from "#kernel/group-commit";
import { createIds } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";
import { newTraceId } from "#kernel/trace";
import { type Pings, type TrackingEvent, type TrackingFrame, zTrackingFrame } from "#party/protocol/tracking";
import { type Eta, estimate } from "#services/logistics/tracking/domain/eta";
import { isFinal, type Journey, keyOf, type Scan } from "#services/logistics/tracking/domain/journey";
import {
  type Batch,
  decidePings,
  type Fix,
  latestOf,
  PING_KEPT_MS,
  type Ping,
  type Taken,
} from "#services/logistics/tracking/domain/ping";
import { isWithin } from "#services/logistics/tracking/domain/place";
import {
  CODE_TRIES_MAX,
  decideProof,
  type OfferedProof,
  type Proof,
} from "#services/logistics/tracking/domain/proof";
import { SCANS_MAX, type Session, type Tracking } from "#services/logistics/tracking/domain/session";
import { TrackingArrived, TrackingChanged, TrackingDelivered } from "#services/logistics/tracking/facts";
import { migrate } from "./migrate.ts";
import { ObjectOutbox } from "./outbox.ts";
import { openOwnCtx } from "./own-ctx.ts";
import { type Member, RoomDO, type RoomRules } from "./room.ts";
import { cellOf } from "./stubs.ts";
import { TrackingArchive } from "./tracking-archive.ts";
import { type Head, type PingRow, TRACKING_STEPS, TRAIL_MAX, TrackingTables } from "./tracking-tables.ts";

/** A frame of a hundred fixes is some 12,000 characters; a device that caught up sends several at once. */
const RULES: RoomRules<TrackingFrame> = {
  frames: zTrackingFrame,
  charsMax: 24_000,
  perSecond: 40,
  burst: 120,
  socketsMax: 200,
  socketsPerPersonMax: 4,
};
/** Watchers' maps move twice a second; more no eye follows. */
const SHOW_EVERY_MS = 500;
/** Pings wait so long for company on their way to the archive. */
const ARCHIVE_AFTER_MS = 15_000;

type PingCode = "tracking.not_found" | "tracking.over" | "tracking.ping_late" | "tracking.ping_ahead";
type PingOutcome = Result<Taken, PingCode>;
type ProofCode =
  | "tracking.not_found"
  | Extract<ReturnType<typeof decideProof>, { readonly ok: false }>["code"];

/**
 * The only writer of one shipment's journey, named `<cell>:tracking-session:<shipmentId>`: a scan now and
 * then, a driver's ping each second, a few who watch. Fields are a cache of its tables.
 */
export class TrackingSessionDO extends RoomDO<TrackingFrame, TrackingEvent> {
  readonly #tables: TrackingTables;
  readonly #outbox: ObjectOutbox;
  readonly #archive: TrackingArchive;
  readonly #submit = createGroupCommit((batches: readonly Batch[]) => this.#commit(batches));
  #head: Head | undefined;
  #journey: Journey = { status: "pending", since: undefined, scans: [] };
  #known = new Set<string>();
  #fixes: Fix[] = [];
  #taken = new Map<string, Taken>();
  #lastSeq = 0;
  #armedAt = Number.POSITIVE_INFINITY;
  #shownAt = 0;
  #isShowing = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, RULES);
    this.#tables = new TrackingTables(ctx.storage.sql);
    this.#outbox = new ObjectOutbox(ctx.storage.sql);
    this.#archive = new TrackingArchive(ctx.storage.sql);
    migrate(ctx.storage, TRACKING_STEPS);
    this.#rebuild();
  }

  /** The first opening holds; another changes nothing. */
  open(session: Session): Tracking {
    if (!this.#head) {
      const head: Head = {
        session,
        status: "pending",
        version: 1,
        arrivedAt: null,
        proof: null,
        codeTries: 0,
        isDeliveryTold: false,
      };
      this.#save(head);
    }
    return this.#view() as Tracking;
  }

  read(): Tracking | undefined {
    return this.#view();
  }

  /** Each scan counts once, in whatever order and however often it is told. */
  observe(scans: readonly Scan[]): Result<Tracking, "tracking.not_found" | "tracking.full"> {
    if (!this.#head) return err("tracking.not_found");
    const fresh = new Map<string, Scan>();
    for (const scan of scans) if (!this.#known.has(keyOf(scan))) fresh.set(keyOf(scan), scan);
    if (this.#known.size + fresh.size > SCANS_MAX) return err("tracking.full");
    if (fresh.size > 0) this.#observe([...fresh.values()]);
    return ok(this.#view() as Tracking);
  }

  /** Batches that arrive together share a transaction, and each is answered after it. */
  ping(batch: Batch): Promise<PingOutcome> {
    return this.#submit(batch);
  }

  /** The same `cid` has the same answer; `code` is the one that the buyer was given. */
  prove(offered: OfferedProof, code: string): Result<Proof, ProofCode> {
    const head = this.#head;
    if (!head) return err("tracking.not_found");
    if (head.proof?.cid === offered.cid) return ok(head.proof);
    const decision = decideProof(offered, {
      destination: head.session.destination,
      code,
      triesLeft: CODE_TRIES_MAX - head.codeTries,
      isOver: isFinal(this.#journey.status),
    });
    if (!decision.ok) {
      if (decision.code === "tracking.code_wrong") this.#save({ ...head, codeTries: head.codeTries + 1 });
      return decision;
    }
    const proof = decision.value;
    const scan: Scan = { at: proof.at, status: "delivered", note: "", source: "driver" };
    this.#observe([scan], { proof });
    return ok(proof);
  }

  /** Looks anew at what is due, since an alarm may come early or twice, and arms itself from storage. */
  override async alarm(): Promise<void> {
    this.#armedAt = Number.POSITIVE_INFINITY;
    if (!this.#head) return;
    const ctx = await openOwnCtx(this.ctx, this.env, this.clock);
    const postAgainAt = await this.#outbox.post(ctx, this.ctx.id.name ?? "");
    const sendAgainAt = await this.#archive.post(ctx, this.#head.session);
    this.#forgetOldPings();
    const oldest = this.#tables.oldestPingAt();
    const forgetAt = oldest !== undefined && this.#taken.size > 0 ? oldest + PING_KEPT_MS : undefined;
    const times = [postAgainAt, sendAgainAt, forgetAt].filter((at) => at !== undefined);
    if (times.length > 0) this.#arm(Math.min(...times));
  }

  protected override admit(): "tracking.not_found" | undefined {
    return this.#head ? undefined : "tracking.not_found";
  }

  protected override async receive(socket: WebSocket, member: Member, frame: TrackingFrame): Promise<void> {
    if (frame.t === "hello") return this.#welcome(socket, frame.since);
    if (member.role !== "driver") {
      return this.send(socket, { t: "error", code: "tracking.not_driver", re: frame.cid });
    }
    const { cid }: Pings = frame;
    const outcome = await this.#submit(frame);
    if (outcome.ok) this.send(socket, { t: "ack", cid, ...outcome.value });
    else this.send(socket, { t: "error", code: outcome.code, re: cid });
  }

  #commit(batches: readonly Batch[]): readonly PingOutcome[] {
    const head = this.#head;
    if (!head) return batches.map(() => err("tracking.not_found"));
    const now = this.clock.now();
    const isOver = isFinal(this.#journey.status);
    const rows: PingRow[] = [];
    const made = new Map<string, Taken>();
    const first = this.#lastSeq + 1;
    const outcomes = batches.map((batch): PingOutcome => {
      const prior = this.#taken.get(batch.cid) ?? made.get(batch.cid);
      if (prior) return ok(prior);
      const decision = decidePings(batch, { isOver, now });
      if (!decision.ok) return decision;
      const taken = decision.value.length;
      const last = taken - 1;
      for (const [i, fix] of decision.value.entries()) {
        rows.push(i === last ? { ...fix, cid: batch.cid, taken } : { ...fix, cid: null, taken: null });
      }
      const outcome = { seq: first + rows.length - 1, taken };
      made.set(batch.cid, outcome);
      return ok(outcome);
    });
    if (rows.length === 0) return outcomes;
    this.#atomically((before) => {
      this.#tables.addPings(first, rows, now);
      return this.#arrive(before, rows);
    });
    for (const [cid, taken] of made) this.#taken.set(cid, taken);
    this.#lastSeq += rows.length;
    const latest = rows.slice(-TRAIL_MAX);
    const from = this.#lastSeq - latest.length + 1;
    this.#fixes = [...this.#fixes, ...latest.map((fix, i) => toFix(fix, from + i))].slice(-TRAIL_MAX);
    this.#arm(now + ARCHIVE_AFTER_MS);
    this.#showPosition();
    return outcomes;
  }

  /** The door is reached once, with the first fix that is within for certain. */
  #arrive(head: Head, rows: readonly PingRow[]): Head {
    const { destination } = head.session;
    if (head.arrivedAt !== null || destination === null) return head;
    const fence = { centre: destination, radiusMeters: this.#terms().geofenceMeters };
    const inside = rows.find((fix) => isWithin(fence, fix, fix.accuracyMeters));
    if (!inside) return head;
    const version = head.version + 1;
    const about = { ...parcelOf(head.session), at: inside.at };
    this.#outbox.add(TrackingArrived.make(this.#maker(), { id: about.shipmentId, version }, about));
    return { ...head, version, arrivedAt: inside.at };
  }

  /** The journey with more scans, and what there is to tell of it. */
  #advance(head: Head, scans: readonly Scan[]): Head {
    const now = this.clock.now();
    this.#tables.addScans(scans, now);
    const { status, since = now } = this.#tables.journey();
    if (status === head.status) return head;
    const version = head.version + 1;
    const parcel = parcelOf(head.session);
    const subject = { id: parcel.shipmentId, version };
    const moved = { ...parcel, status, previous: head.status, since };
    this.#outbox.add(TrackingChanged.make(this.#maker(), subject, moved));
    if (status !== "delivered" || head.isDeliveryTold) return { ...head, status, version };
    const source = scans.find((scan) => scan.status === "delivered")?.source ?? "carrier";
    const delivered = { ...parcel, deliveredAt: since, source };
    this.#outbox.add(TrackingDelivered.make(this.#maker(), subject, delivered));
    return { ...head, status, version, isDeliveryTold: true };
  }

  /** One transaction with the head; afterwards memory is what the tables are. */
  #atomically(change: (head: Head) => Head): void {
    const before = this.#head;
    if (!before) return;
    try {
      const after = this.ctx.storage.transactionSync(() => {
        const changed = change(before);
        if (changed !== before) this.#tables.saveHead(changed);
        return changed;
      });
      this.#head = after;
      if (after !== before) this.#arm(this.clock.now());
      if (after.arrivedAt !== before.arrivedAt) this.broadcast({ t: "arrived", at: after.arrivedAt ?? 0 });
    } catch (error) {
      // The tables were rolled back and the fields were not.
      this.#rebuild();
      throw error;
    }
  }

  /** Adds scans, whatever else the head is changed to in the same transaction. */
  #observe(scans: readonly Scan[], change: Partial<Head> = {}): void {
    const { status: before } = this.#journey;
    this.#atomically((head) => this.#advance({ ...head, ...change }, scans));
    this.#journey = this.#tables.journey();
    this.#known = new Set(this.#journey.scans.map(keyOf));
    const { status, since = 0 } = this.#journey;
    if (status !== before) this.broadcast({ t: "status", status, since, eta: this.#eta() });
  }

  #save(head: Head): void {
    this.#tables.saveHead(head);
    this.#head = head;
  }

  /** At once when nothing was shown lately, else the last of what comes until then. */
  #showPosition(): void {
    if (this.#isShowing || this.ctx.getWebSockets().length === 0) return;
    const wait = this.#shownAt + SHOW_EVERY_MS - this.clock.now();
    this.#isShowing = true;
    setTimeout(() => this.#show(), Math.max(0, Math.min(wait, SHOW_EVERY_MS)));
  }

  #show(): void {
    this.#isShowing = false;
    this.#shownAt = this.clock.now();
    const last = latestOf(this.#fixes);
    if (!last) return;
    const event: TrackingEvent = { t: "position", ...toSeen(last), eta: this.#eta() };
    this.broadcast(event, (member) => member.role !== "driver");
  }

  #welcome(socket: WebSocket, since: number): void {
    const trail = this.#fixes.filter((fix) => fix.seq > since).map(toSeen);
    const { status, since: from = null } = this.#journey;
    const arrivedAt = this.#head?.arrivedAt ?? null;
    const eta = this.#eta();
    this.send(socket, { t: "welcome", seq: this.#lastSeq, status, since: from, arrivedAt, eta, trail });
  }

  #eta(): Eta | null {
    const destination = this.#head?.session.destination ?? null;
    const about = { journey: this.#journey, fixes: this.#fixes, destination };
    return estimate({ ...about, cruiseKmh: this.#terms().cruiseKmh, now: this.clock.now() }) ?? null;
  }

  #view(): Tracking | undefined {
    const head = this.#head;
    if (!head) return undefined;
    return {
      session: head.session,
      journey: this.#journey,
      position: latestOf(this.#fixes) ?? null,
      eta: this.#eta(),
      arrivedAt: head.arrivedAt,
      proof: head.proof,
      codeTriesLeft: CODE_TRIES_MAX - head.codeTries,
      version: head.version,
    };
  }

  #forgetOldPings(): void {
    const before = this.clock.now() - PING_KEPT_MS;
    const oldest = this.#tables.oldestPingAt();
    if (oldest === undefined || oldest >= before) return;
    this.#tables.dropPings(before, this.#archive.archivedUpTo("ping"));
    this.#rebuild();
  }

  #terms() {
    return cellConfig(this.env, cellOf(this.ctx)).config.market.tracking;
  }

  /** What a fact needs; it is made inside a transaction, where nothing can be waited for. */
  #maker() {
    const ids = createIds(this.clock);
    return { ids, clock: this.clock, cell: cellOf(this.ctx), traceId: newTraceId() };
  }

  /** Not awaited: a write of storage holds back the answer until it is on disk. */
  #arm(at: number): void {
    if (at >= this.#armedAt) return;
    this.#armedAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  #rebuild(): void {
    this.#head = this.#tables.head();
    this.#journey = this.#tables.journey();
    this.#known = new Set(this.#journey.scans.map(keyOf));
    this.#fixes = [...this.#tables.lastPings()];
    this.#taken = new Map(this.#tables.takenBatches().map(({ cid, ...taken }) => [cid, taken]));
    this.#lastSeq = this.#tables.lastSeq();
    this.#armedAt = Number.POSITIVE_INFINITY;
  }
}

const parcelOf = ({ shipmentId, orderId, sellerId, carrier, trackingNumber }: Session) => ({
  shipmentId,
  orderId,
  sellerId,
  carrier,
  trackingNumber,
});

function toFix({ cid: _, taken: __, ...ping }: PingRow, seq: number): Fix {
  return { ...(ping satisfies Ping), seq };
}

const toSeen = ({ seq, at, latitude, longitude, headingDegrees }: Fix) => ({
  seq,
  at,
  latitude,
  longitude,
  headingDegrees,
});
