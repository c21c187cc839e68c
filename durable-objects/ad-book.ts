import type { Fact } from "#kernel/facts";
import {
  fromStoredTerms,
  MILLI,
  type Spent,
  type StoredTerms,
  type Terms,
} from "#services/catalog/ad/domain/campaign";
import { type Act, decideClick, decideImpression } from "#services/catalog/ad/domain/spend";
import { CARD_LIFE_MS, type ClickVerdict, VISIT_MS } from "#services/catalog/ad/domain/traffic";
import { AdCharged, AdEngaged } from "#services/catalog/ad/facts";

/** Numbers of SQLite are exact here: a budget is at most 10^12 units, so 10^15 thousandths of them. */
export const BOOK_STEP = `CREATE TABLE terms (
    one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE money (
    one INTEGER PRIMARY KEY CHECK (one = 1), milli INTEGER NOT NULL, told_minor INTEGER NOT NULL,
    charges INTEGER NOT NULL, engagements INTEGER NOT NULL, told_at INTEGER NOT NULL,
    CHECK (told_minor * 1000 <= milli)) STRICT;
  INSERT INTO money VALUES (1, 0, 0, 0, 0, 0);
  CREATE TABLE day (day TEXT PRIMARY KEY, milli INTEGER NOT NULL CHECK (milli >= 0)) STRICT;
  CREATE TABLE card (
    act TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;
  CREATE INDEX card_by_end ON card (expires_at);
  CREATE TABLE viewer (
    name TEXT PRIMARY KEY, day TEXT NOT NULL, count INTEGER NOT NULL) STRICT;
  CREATE TABLE tally (
    name TEXT PRIMARY KEY, body TEXT NOT NULL, impressions INTEGER NOT NULL, clicks INTEGER NOT NULL,
    free_clicks INTEGER NOT NULL, milli INTEGER NOT NULL) STRICT;
  CREATE TABLE clicked (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL) STRICT`;

/** A message of a queue carries so many receipts, of about a kilobyte each, and stays below 128 kB. */
const CLICKS_MAX = 50;
const TALLIES_MAX = 200;
/** How soon clicks are in reports, and how soon an account is charged. */
const ENGAGED_EVERY_MS = 2_000;
const CHARGED_EVERY_MS = 60_000;

export type Engagement = {
  readonly terms: StoredTerms;
  readonly acts: readonly Act[];
  readonly viewerClicksMax: number;
};
/** What became of a click, or whether an impression counts. */
export type Verdict = ClickVerdict | "counted" | "ignored";
type Maker = Parameters<typeof AdCharged.make>[0];
type Money = {
  readonly milli: number;
  readonly toldMinor: number;
  readonly charges: number;
  readonly engagements: number;
  readonly toldAt: number;
};
type Clicked = Pick<Act, "viewer" | "buyerId"> & {
  readonly receipt: string;
  readonly at: number;
  readonly day: string;
  readonly verdict: ClickVerdict;
  readonly chargedMilli: string;
};

/**
 * What a campaign has spent, for what, and what of it others know. Every method belongs into a transaction of
 * its caller; there is no state but the tables, so what was rolled back never was.
 */
export class AdBook {
  readonly #sql: SqlStorage;
  readonly #dayOf: (at: number) => string;

  constructor(sql: SqlStorage, dayOf: (at: number) => string) {
    this.#sql = sql;
    this.#dayOf = dayOf;
  }

  /** An older version of the terms, read before they changed, does not bring them back. */
  setTerms(terms: StoredTerms): void {
    this.#sql.exec(
      `INSERT INTO terms (one, version, body) VALUES (1, ?, ?)
       ON CONFLICT (one) DO UPDATE SET version = excluded.version, body = excluded.body
       WHERE excluded.version > terms.version`,
      terms.version,
      JSON.stringify(terms),
    );
  }

  terms(): Terms | undefined {
    const [row] = this.#sql.exec<{ body: string }>("SELECT body FROM terms");
    return row && fromStoredTerms(JSON.parse(row.body) as StoredTerms);
  }

  spent(at: number): Spent {
    const day = this.#dayOf(at);
    const [row] = this.#sql.exec<{ milli: number }>("SELECT milli FROM day WHERE day = ?", day);
    return { day, todayMilli: BigInt(row?.milli ?? 0), totalMilli: BigInt(this.#money().milli) };
  }

  engage({ terms, acts, viewerClicksMax }: Engagement, at: number): readonly Verdict[] {
    this.setTerms(terms);
    const current = this.terms();
    if (!current) throw new Error("terms were just written");
    return acts.map((act) =>
      act.kind === "click" ? this.#click(act, current, viewerClicksMax, at) : this.#see(act, current, at),
    );
  }

  #click(act: Act, terms: Terms, viewerMax: number, at: number): Verdict {
    const { receipt, viewer, address, buyerId, origin } = act;
    const day = this.#dayOf(at);
    const visit = `v ${viewer} ${receipt.productId}`;
    const clicked = `c ${receipt.bidId}`;
    const isRepeated = this.#isKnown(clicked, at) || this.#isKnown(visit, at);
    const counted = `c ${viewer}`;
    const from = `a ${address}`;
    const before = {
      ...{ isRepeated, viewerCount: this.#countOf(counted, day), viewerMax },
      ...{ addressCount: this.#countOf(from, day), terms, spent: this.spent(at), today: day },
    };
    const { verdict, chargedMilli } = decideClick(act, before);
    if (origin === "person") {
      // A card lives no longer than its seal, so nobody comes with it once it is forgotten here.
      this.#remember(clicked, receipt.at + CARD_LIFE_MS);
      this.#remember(visit, at + VISIT_MS);
    }
    if (verdict === "charged") for (const name of [counted, from]) this.#count(name, day);
    this.#spend(day, chargedMilli);
    const isPaid = verdict === "charged" || verdict === "included";
    this.#tally(act, day, { clicks: isPaid ? 1 : 0, freeClicks: isPaid ? 0 : 1, chargedMilli });
    // What programs and repeats leave behind is a number, or one card could fill the log.
    if (origin === "person" && !isRepeated) {
      const money = { verdict, chargedMilli: chargedMilli.toString() };
      const body: Clicked = { receipt: JSON.stringify(receipt), viewer, buyerId, at, day, ...money };
      this.#sql.exec("INSERT INTO clicked (body) VALUES (?)", JSON.stringify(body));
    }
    return verdict;
  }

  #see(act: Act, terms: Terms, at: number): Verdict {
    const { receipt, viewer } = act;
    const day = this.#dayOf(at);
    const seen = `s ${receipt.bidId}`;
    const counted = `s ${viewer}`;
    const { counts, chargedMilli } = decideImpression(act, {
      isRepeated: this.#isKnown(seen, at),
      viewerCount: this.#countOf(counted, day),
      viewerMax: terms.viewerDayMax,
      terms,
      spent: this.spent(at),
      today: day,
    });
    if (!counts) return "ignored";
    this.#remember(seen, receipt.at + CARD_LIFE_MS);
    this.#count(counted, day);
    this.#spend(day, chargedMilli);
    this.#tally(act, day, { impressions: 1, chargedMilli });
    return "counted";
  }

  #isKnown(act: string, at: number): boolean {
    const query = "SELECT 1 AS one FROM card WHERE act = ? AND expires_at > ?";
    return this.#sql.exec(query, act, at).toArray().length > 0;
  }

  #remember(act: string, until: number): void {
    const insert = `INSERT INTO card (act, expires_at) VALUES (?, ?)
      ON CONFLICT (act) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`;
    this.#sql.exec(insert, act, until);
  }

  #countOf(name: string, day: string): number {
    const query = "SELECT count FROM viewer WHERE name = ? AND day = ?";
    return this.#sql.exec<{ count: number }>(query, name, day).toArray()[0]?.count ?? 0;
  }

  #count(name: string, day: string): void {
    this.#sql.exec(
      `INSERT INTO viewer (name, day, count) VALUES (?, ?, 1) ON CONFLICT (name) DO UPDATE
       SET count = CASE WHEN day = excluded.day THEN count + 1 ELSE 1 END, day = excluded.day`,
      name,
      day,
    );
  }

  #spend(day: string, milli: bigint): void {
    if (milli === 0n) return;
    const add = `INSERT INTO day (day, milli) VALUES (?, ?)
      ON CONFLICT (day) DO UPDATE SET milli = milli + excluded.milli`;
    this.#sql.exec(add, day, Number(milli));
    this.#sql.exec("UPDATE money SET milli = milli + ?", Number(milli));
  }

  #tally(
    { receipt }: Act,
    day: string,
    { impressions = 0, clicks = 0, freeClicks = 0, chargedMilli }: Added,
  ) {
    const { groupId, productId, keywordId, placement } = receipt;
    const body = JSON.stringify({ groupId, productId, keywordId, placement, day });
    this.#sql.exec(
      `INSERT INTO tally (name, body, impressions, clicks, free_clicks, milli) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET impressions = impressions + excluded.impressions,
         clicks = clicks + excluded.clicks, free_clicks = free_clicks + excluded.free_clicks,
         milli = milli + excluded.milli`,
      `${day} ${groupId} ${productId} ${keywordId ?? ""} ${placement}`,
      body,
      impressions,
      clicks,
      freeClicks,
      Number(chargedMilli),
    );
  }

  #money(): Money {
    const query = `SELECT milli, told_minor AS toldMinor, charges, engagements, told_at AS toldAt FROM money`;
    return this.#sql.exec<Money>(query).one();
  }

  /** Takes what is due to be told out of the tables, as facts: both are one transaction of the caller's. */
  tell(make: Maker, at: number): readonly Fact[] {
    const terms = this.terms();
    if (!terms) return [];
    const facts: Fact[] = [];
    for (let told = this.#tellEngaged(make, terms); told; told = this.#tellEngaged(make, terms)) {
      facts.push(told);
    }
    const { milli, toldMinor, toldAt, charges } = this.#money();
    const owed = BigInt(milli) / MILLI - BigInt(toldMinor);
    if (owed > 0n && at >= toldAt + CHARGED_EVERY_MS) {
      const { campaignId, sellerId, currency } = terms;
      const n = charges + 1;
      const amount = { minor: owed.toString(), currency };
      facts.push(AdCharged.make(make, { id: campaignId, version: n }, { campaignId, sellerId, n, amount }));
      this.#sql.exec(
        "UPDATE money SET told_minor = told_minor + ?, charges = ?, told_at = ?",
        Number(owed),
        n,
        at,
      );
    }
    this.#sql.exec("DELETE FROM card WHERE expires_at <= ?", at);
    this.#sql.exec("DELETE FROM viewer WHERE day < ?", this.#dayOf(at));
    return facts;
  }

  #tellEngaged(make: Maker, { campaignId, sellerId }: Terms): Fact | undefined {
    type Tally = Record<"name" | "body", string> &
      Record<"impressions" | "clicks" | "freeClicks" | "milli", number>;
    const tallies = this.#sql
      .exec<Tally>(
        `SELECT name, body, impressions, clicks, free_clicks AS freeClicks, milli FROM tally
         ORDER BY name LIMIT ?`,
        TALLIES_MAX,
      )
      .toArray();
    const clicks = this.#sql
      .exec<{ seq: number; body: string }>("SELECT seq, body FROM clicked ORDER BY seq LIMIT ?", CLICKS_MAX)
      .toArray();
    if (tallies.length === 0 && clicks.length === 0) return undefined;
    for (const { name } of tallies) this.#sql.exec("DELETE FROM tally WHERE name = ?", name);
    this.#sql.exec("DELETE FROM clicked WHERE seq <= ?", clicks.at(-1)?.seq ?? 0);
    this.#sql.exec("UPDATE money SET engagements = engagements + 1");
    const payload = AdEngaged.payload.parse({
      campaignId,
      sellerId,
      tallies: tallies.map(({ name: _, body, milli, ...counts }) => ({
        ...JSON.parse(body),
        ...counts,
        chargedMilli: milli.toString(),
      })),
      clicks: clicks.map(({ body }) => JSON.parse(body)),
    });
    return AdEngaged.make(make, { id: campaignId, version: this.#money().engagements }, payload);
  }

  /** When there is something to tell next; undefined: never, unless something happens. */
  nextAt(at: number): number | undefined {
    const pending = "SELECT EXISTS (SELECT 1 FROM tally) OR EXISTS (SELECT 1 FROM clicked) AS pending";
    const isPending = this.#sql.exec<{ pending: number }>(pending).one().pending === 1;
    const { milli, toldMinor, toldAt } = this.#money();
    const owes = BigInt(milli) / MILLI > BigInt(toldMinor);
    if (isPending) return at + ENGAGED_EVERY_MS;
    return owes ? Math.max(at, toldAt + CHARGED_EVERY_MS) : undefined;
  }
}

type Added = {
  readonly impressions?: number;
  readonly clicks?: number;
  readonly freeClicks?: number;
  readonly chargedMilli: bigint;
};
