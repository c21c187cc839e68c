import pg from "pg";

/** What must be nought after everything that was killed has come to rest. */
export type Audit = {
  readonly orders: number;
  readonly oversold: number;
  readonly ledgerDrift: number;
  readonly quotaOverrun: number;
  readonly paidWithoutStock: number;
  readonly strandedReservations: number;
};

/** An order that takes part in nothing any more: its stock must be free. */
const DEAD = "('cancelled')";

/**
 * Each figure is worked out anew from the rows that say what happened, and not from a counter that the
 * platform keeps: lines of orders that stand against units counted in, transfers against balances.
 */
const QUESTIONS: { readonly [name in keyof Audit]: string } = {
  orders: `SELECT count(*) FROM "order"`,
  // Units of orders that stand, beyond what was ever there; and levels that promise more than they have.
  oversold: `
    WITH sold AS (
      SELECT l.offer_id, sum(l.quantity - l.cancelled_quantity) AS units FROM order_line l
      JOIN "order" o ON o.id = l.order_id WHERE o.state NOT IN ${DEAD} GROUP BY 1),
    counted AS (
      SELECT s.offer_id, sum(m.on_hand) AS units FROM stock_offer s
      JOIN stock_movement m ON m.item_id = s.item_id AND m.on_hand > 0 GROUP BY 1)
    SELECT coalesce(sum(greatest(0, sold.units - coalesce(counted.units, 0))), 0)
      + (SELECT count(*) FROM stock_level WHERE on_hand - reserved - allocated - safety + backorder_max < 0)
    FROM sold LEFT JOIN counted USING (offer_id)`,
  // Balances against the log that they are made of; money of buyers that is neither an order's nor on its way
  // back, which must be nought when all is done; and paid orders that nobody booked.
  ledgerDrift: `
    WITH legs AS (
      SELECT credit AS id, amount_minor AS minor FROM ledger_transfer WHERE phase IN ('direct', 'post')
      UNION ALL
      SELECT debit, -amount_minor FROM ledger_transfer WHERE phase IN ('direct', 'post')),
    log AS (SELECT id, sum(minor) AS minor FROM legs GROUP BY 1),
    unfolded AS (SELECT account_id AS id, sum(amount_minor) AS minor FROM ledger_delta GROUP BY 1),
    balance AS (
      SELECT a.id, a.kind, a.posted_minor + coalesce(u.minor, 0) AS minor, coalesce(l.minor, 0) AS derived
      FROM ledger_account a LEFT JOIN unfolded u USING (id) LEFT JOIN log l USING (id))
    SELECT (SELECT coalesce(sum(abs(minor - derived)), 0) FROM balance)
      + (SELECT coalesce(sum(abs(minor)), 0) FROM balance WHERE kind = 'payments')
      + (SELECT count(*) FROM "order" o LEFT JOIN wallet_settlement s ON s.order_id = o.id
         WHERE o.paid_at IS NOT NULL AND o.state NOT IN ${DEAD} AND s.funded_at IS NULL)`,
  // Uses by orders that stand, beyond the quota; and counters that say something else than the uses.
  quotaOverrun: `
    WITH used AS (
      SELECT voucher_id, count(*) AS uses FROM voucher_redemption WHERE state = 'redeemed' GROUP BY 1)
    SELECT coalesce(sum(greatest(0, used.uses - v.quota)), 0)
      + (SELECT coalesce(sum(abs(c.used - coalesce(used.uses, 0))), 0)
         FROM voucher_counter c LEFT JOIN used USING (voucher_id) WHERE c.day = '')
    FROM used JOIN voucher v ON v.id = used.voucher_id`,
  paidWithoutStock: `
    SELECT count(*) FROM "order" o
    LEFT JOIN stock_reservation r ON r.id = o.reservation_id
    WHERE o.state IN ('paid', 'placed', 'confirmed') AND (r.state IS DISTINCT FROM 'committed'
      OR (SELECT coalesce(sum(h.quantity), 0) FROM stock_hold h WHERE h.reservation_id = r.id)
        <> (SELECT sum(l.quantity - l.shipped_quantity - l.cancelled_quantity) FROM order_line l
            WHERE l.order_id = o.id))`,
  // Units that are promised to nobody who could still want them.
  strandedReservations: `
    SELECT count(*) FROM stock_reservation r LEFT JOIN "order" o ON o.reservation_id = r.id
    WHERE r.state IN ('held', 'committed') AND (o.id IS NULL OR o.state IN ${DEAD})
      AND EXISTS (SELECT 1 FROM stock_hold h WHERE h.reservation_id = r.id AND h.quantity > 0)`,
};

/** What is still under way: orders that wait for money, refunds on their way, facts nobody has heard. */
const RESTLESS = `
  SELECT (SELECT count(*) FROM "order" WHERE state = 'awaiting_payment')
    + (SELECT count(*) FROM payment_refund WHERE state = 'requested')
    + (SELECT count(*) FROM outbox WHERE closed_at IS NULL)`;

async function ask(client: pg.Client, question: string): Promise<number> {
  const { rows } = await client.query({ text: question, rowMode: "array" });
  return Number((rows[0] as unknown[])[0]);
}

/** Waits until nothing is under way any more, and says how much was when it gave up. */
export async function untilAtRest(url: string, withinMs: number): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const end = Date.now() + withinMs;
    for (;;) {
      const left = await ask(client, RESTLESS);
      if (left === 0 || Date.now() > end) return left;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  } finally {
    await client.end();
  }
}

export async function audit(url: string): Promise<Audit> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const found: { [name: string]: number } = {};
    for (const [name, question] of Object.entries(QUESTIONS)) found[name] = await ask(client, question);
    return found as Audit;
  } finally {
    await client.end();
  }
}
