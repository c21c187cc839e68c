import { escapeHtml } from "../endpoints.ts";
import type { Delivery, Intent, Session } from "./types.ts";

const STYLE = `
:root { color-scheme: light; --ink: #1a1f36; --soft: #697386; --line: #e3e8ee; --brand: #635bff }
* { box-sizing: border-box } body { margin: 0; min-height: 100vh; background: #f6f9fc; color: var(--ink);
font: 15px/1.5 system-ui, sans-serif } .ribbon { background: #ffe6a8; color: #7a4d00; text-align: center;
padding: 6px; font-size: 13px } main { max-width: 440px; margin: 32px auto; padding: 0 16px }
main.wide { max-width: 1000px } .card { background: #fff; border: 1px solid var(--line); border-radius: 12px;
padding: 24px } h1 { margin: 0 0 4px; font-size: 26px } p { color: var(--soft); margin: 0 0 16px }
button { width: 100%; font: inherit; font-weight: 600; padding: 12px; margin-top: 10px; border-radius: 8px;
border: 1px solid var(--line); background: #fff; cursor: pointer } button.go { background: var(--brand);
border-color: var(--brand); color: #fff } table { width: 100%; border-collapse: collapse; background: #fff }
td, th { text-align: left; padding: 6px 12px; border-bottom: 1px solid var(--line) }`;

function layout(title: string, body: string, isWide = false): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style>
</head><body><div class="ribbon">Stripe sandbox: no money moves</div>
<main${isWide ? ' class="wide"' : ""}>${body}</main></body></html>`;
}

const moneyOf = (amount: number, currency: string): string =>
  `${currency.toUpperCase()} ${(amount / 100).toLocaleString("en", { minimumFractionDigits: 2 })}`;

const CHOICES = [
  ["pm_card_visa", "Pay", "go"],
  ["pm_card_authenticationRequired", "Pay with a card that asks the bank", ""],
  ["pm_card_chargeDeclined", "Pay with a card that is declined", ""],
] as const;

export function payPage(session: Session, shop: string): string {
  const buttons = CHOICES.map(
    ([method, label, kind]) => `<form method="post" action="/pay/${session.id}/${method}">
      <button class="${kind}">${label}</button></form>`,
  ).join("");
  const rest = session.status === "open" ? buttons : `<p>This page is ${session.status}.</p>`;
  const amount = moneyOf(session.amount, session.currency);
  return layout(
    "Pay",
    `<div class="card"><p>${escapeHtml(shop)}</p><h1>${amount}</h1>
     <p>${escapeHtml(session.name)}</p>${rest}</div>`,
  );
}

export function authenticationPage(intent: Intent, shop: string): string {
  const asks = intent.status === "requires_action";
  const button = (result: string, label: string, kind: string) =>
    `<button class="${kind}" name="result" value="${result}">${label}</button>`;
  const form = `<form method="post">${button("ok", "Complete", "go")}${button("fail", "Fail", "")}</form>`;
  return layout(
    "Your bank",
    `<div class="card"><h1>3D Secure</h1><p>Your bank asks whether you pay
     ${moneyOf(intent.amount, intent.currency)} to ${escapeHtml(shop)}.</p>
     ${asks ? form : `<p>This payment is ${intent.status}.</p>`}</div>`,
  );
}

export function overviewPage(intents: readonly Intent[], deliveries: readonly Delivery[]): string {
  const rows = intents.map(({ id, amount, currency, status, metadata: { payment = id } }) => {
    const cells = [escapeHtml(payment), moneyOf(amount, currency), status, id];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const sent = deliveries.map(
    ({ type, payment, state, attempts }) => `<tr><td>${escapeHtml(type)}</td><td>${escapeHtml(payment)}</td>
      <td>${state}</td><td>${escapeHtml(attempts.map(({ result }) => String(result)).join(", "))}</td></tr>`,
  );
  return layout(
    "Stripe sandbox",
    `<h1>Stripe sandbox</h1><h2>Payments</h2><table><tr><th>Payment<th>Amount<th>Status<th>Intent</tr>
     ${rows.join("")}</table><h2>Events</h2><table><tr><th>Type<th>Payment<th>State<th>Answers</tr>
     ${sent.join("")}</table>`,
    true,
  );
}
