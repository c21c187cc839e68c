import type { Store } from "./store.ts";

/** https://docs.stripe.com/reports/report-types/payout-reconciliation: payout_reconciliation.itemized.5 */
const COLUMNS = [
  "automatic_payout_id",
  "automatic_payout_effective_at_utc",
  "balance_transaction_id",
  "created_utc",
  "available_on_utc",
  "currency",
  "gross",
  "fee",
  "net",
  "reporting_category",
  "source_id",
  "description",
  "charge_id",
  "payment_intent_id",
  "payment_metadata[payment]",
] as const;

/** Of a domestic card in Singapore: 3.4 % and 50 cents. */
const feeOf = (amount: number): number => Math.round(amount * 0.034) + 50;
const decimal = (amount: number): string => (amount / 100).toFixed(2);
const utc = (at: number): string => new Date(at * 1_000).toISOString().slice(0, 19).replace("T", " ");

/** Everything that came in and went out, as the dashboard's itemized download has it. */
export function balanceReport(store: Store, payments: readonly string[]): string {
  const wanted = (payment: string) => payments.length === 0 || payments.includes(payment);
  type Row = {
    at: number;
    id: string;
    category: string;
    gross: number;
    fee: number;
    intentId: string;
    chargeId: string;
  };
  const charges = [...store.charges.values()].filter((one) => one.captured > 0);
  const rows: Row[] = [
    ...charges.map((one) => ({
      at: one.created,
      id: one.id,
      category: "charge",
      gross: one.captured,
      fee: feeOf(one.captured),
      intentId: one.intentId,
      chargeId: one.id,
    })),
    ...[...store.refunds.values()].map((one) => ({
      at: one.created,
      id: one.id,
      category: "refund",
      gross: -one.amount,
      fee: 0,
      intentId: one.intentId,
      chargeId: one.chargeId,
    })),
  ];
  const lines = rows.flatMap(({ at, id, category, gross, fee, intentId, chargeId }) => {
    const payment = store.intents.get(intentId)?.metadata.payment ?? "";
    const currency = store.intents.get(intentId)?.currency ?? "";
    if (!wanted(payment)) return [];
    const transaction = `txn_${id.slice(id.indexOf("_") + 1)}`;
    const amounts = [decimal(gross), decimal(fee), decimal(gross - fee)];
    const about = [category, id, `"Order, ${payment}"`, chargeId, intentId, payment];
    return [["po_local", utc(at), transaction, utc(at), utc(at), currency, ...amounts, ...about].join(",")];
  });
  return `${[COLUMNS.join(","), ...lines].join("\n")}\n`;
}
