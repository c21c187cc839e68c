import type { Currency } from "#kernel/money";
import type { LabelBilled, LabelBought, LabelVoided } from "#services/logistics/shipping/facts";
import { heldBy, platformOf } from "./accounts.ts";
import type { NewTransfer } from "./transfer.ts";

type LabelMoney =
  | ReturnType<typeof LabelBought.make>
  | ReturnType<typeof LabelBilled.make>
  | ReturnType<typeof LabelVoided.make>;

function changeOf(fact: LabelMoney): bigint {
  if (fact.type === "shipping.label_billed") return BigInt(fact.payload.differenceMinor);
  const { chargedMinor, costMinor } = fact.payload;
  const charged = BigInt(chargedMinor ?? costMinor ?? "0");
  return fact.type === "shipping.label_bought" ? charged : -charged;
}

const END = { "shipping.label_bought": "", "shipping.label_voided": "/void" } as const;

/**
 * What a carrier takes for a label, at the purchase and with each bill that differs, and what it gives back.
 * Each is a difference of its own under its own name, so they are booked once and come in any order. A shop's
 * own agreement with a carrier is none of ours.
 */
export function carriageTransfers(fact: LabelMoney): readonly NewTransfer[] {
  const { labelId, orderId, provider, currency } = fact.payload;
  const change = changeOf(fact);
  if (change === 0n || provider === "table" || provider === "own") return [];
  const end = fact.type === "shipping.label_billed" ? `/${fact.payload.key}` : END[fact.type];
  const cost = platformOf("carriage", currency as Currency);
  const carrier = heldBy(provider, currency as Currency);
  const about = { id: `carriage/${labelId}${end}`, orderId };
  return change > 0n
    ? [{ ...about, kind: "carriage", debit: cost, credit: carrier, amountMinor: change }]
    : [{ ...about, kind: "carriage_back", debit: carrier, credit: cost, amountMinor: -change }];
}
