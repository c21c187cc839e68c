import { escapeHtml } from "../endpoints.ts";
import { TEST_CARD } from "./cards.ts";
import { qrSvg } from "./qr.ts";
import { type OrderRequest, text } from "./requests.ts";
import type { Delivery, Merchant, Transaction } from "./types.ts";
import { statusCode, wibTime } from "./wire.ts";

const STYLE = `
:root { color-scheme: light; --ink: #14213d; --soft: #64748b; --line: #e2e8f0; --brand: #0a4d8c; --go:
#0f7b4f } * { box-sizing: border-box }
body { margin: 0; min-height: 100vh; background: #eef2f7; color: var(--ink); font: 15px/1.5 system-ui,
-apple-system, "Segoe UI", Roboto, sans-serif } a { color: var(--brand) }
.ribbon { background: #fff7e0; color: #7a4d00; font-size: 13px; text-align: center; padding: 6px 12px;
border-bottom: 1px solid #f3dfae } main { max-width: 460px; margin: 32px auto; padding: 0 16px }
main.wide { max-width: 1100px }
.card { background: #fff; border: 1px solid var(--line); border-radius: 16px; overflow: hidden;
  box-shadow: 0 8px 30px rgba(20, 33, 61, .06) }
.top { background: var(--brand); color: #fff; padding: 20px 24px }
.top p { margin: 0; opacity: .85; font-size: 14px }
.top h1 { margin: 4px 0 2px; font-size: 28px; letter-spacing: -.3px } .body { padding: 20px 24px }
.badge { display: inline-block; padding: 1px 10px; border-radius: 999px; font-size: 13px; font-weight:
600; background: #e2e8f0; color: #334155 } .badge.good { background: #d9f5e7; color: #0b5e3c }
.badge.bad { background: #fde2e1; color: #962420 } .badge.wait { background: #fff0cc; color: #7a4d00 }
dl { display: grid; grid-template-columns: auto 1fr; gap: 6px 16px; margin: 0 }
dt { color: var(--soft) } dd { margin: 0; text-align: right; overflow-wrap: anywhere }
.panel { margin: 18px 0; padding: 18px; border: 1px solid var(--line); border-radius: 12px; text-align:
center } .panel p { margin: 0; color: var(--soft) }
.number { font: 600 24px/1.4 ui-monospace, monospace; letter-spacing: 1px }
.qr { width: 200px; height: 200px; margin: -6px auto 4px }
.qr svg { display: block; width: 100%; height: 100% }
.hint { font-size: 13px; color: var(--soft); overflow-wrap: anywhere } form { margin: 0 }
button { width: 100%; font: inherit; font-weight: 600; padding: 12px; border-radius: 10px; border: 1px
  solid var(--line); background: #fff; color: var(--ink); cursor: pointer }
button:hover { border-color: #94a3b8 }
button.go { background: var(--go); border-color: var(--go); color: #fff; font-size: 16px }
button.go:hover { background: #0b6742 } button.no { color: #b42318 } button.low { margin-top: 10px }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; margin-top: 10px }
.method { display: block; text-align: left; margin-top: 8px } details { margin-top: 14px }
summary { cursor: pointer; color: var(--soft) }
details.choice { margin-top: 8px; padding: 12px; border: 1px solid var(--line); border-radius: 10px }
.choice summary { color: var(--ink); font-weight: 600; list-style: none }
.items { width: 100%; border-collapse: collapse; margin-top: 6px; font-size: 14px }
.items td { padding: 4px 0; border-top: 1px solid var(--line) }
.items td:last-child { text-align: right }
label { display: block; text-align: left; font-size: 13px; color: var(--soft); margin-top: 8px }
input { width: 100%; font: inherit; padding: 9px 12px; border: 1px solid var(--line); border-radius: 8px
} .three { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 8px }
.done { text-align: center; padding: 22px 16px } .done b { display: block; font-size: 20px }
table.list { width: 100%; border-collapse: collapse; font-size: 14px }
table.list th { text-align: left; color: var(--soft); font-weight: 500 }
table.list th, table.list td { padding: 9px 14px; border-top: 1px solid var(--line) }
table.list tr:first-child th { border-top: 0 } h2 { font-size: 16px; margin: 24px 0 10px }
.empty { padding: 40px; text-align: center; color: var(--soft) }`;

function shell(title: string, body: string, options: { refresh?: string; wide?: boolean } = {}): string {
  const refresh = options.refresh
    ? `<meta http-equiv="refresh" content="${escapeHtml(options.refresh)}">`
    : "";
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">${refresh}
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<div class="ribbon">Payment sandbox: no real money moves here.</div>
<main${options.wide ? ' class="wide"' : ""}>${body}</main></body></html>`;
}

function money(amount: string, currency: string): string {
  const locale = currency === "IDR" ? "id-ID" : currency === "GBP" ? "en-GB" : "en-SG";
  const digits = currency === "IDR" ? 0 : 2;
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
  });
  return format.format(Number(amount)).replace(/\u00a0/g, " ");
}

const row = (name: string, value: string): string => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`;

function itemList(items: Transaction["items"], currency: string): string {
  if (items.length === 0) return "";
  const rows = items.map(
    (item) =>
      `<tr><td>${item.quantity} × ${escapeHtml(item.name)}</td>
<td>${escapeHtml(money(item.price, currency))}</td></tr>`,
  );
  return `<details><summary>${items.length === 1 ? "1 item" : `${items.length} items`}</summary>
<table class="items">${rows.join("")}</table></details>`;
}

const top = (merchant: Merchant, amount: string, orderId: string): string => `<div class="top">
<p>${escapeHtml(merchant.name ?? "Titan Commerce")}</p>
<h1>${escapeHtml(money(amount, merchant.currency))}</h1>
<p>Order ${escapeHtml(orderId)}</p></div>`;

export interface SnapPage {
  order: OrderRequest;
  merchant: Merchant;
  action: string;
  methods: [string, string][];
  failed?: Transaction;
}

/** Snap's payment page: choose a method. */
export function snapPage({ order, merchant, action, methods, failed }: SnapPage): string {
  const buttons = methods.map(([name, label]) =>
    name === "credit_card"
      ? `<details class="choice"><summary>${label}</summary>${cardForm(`${action}/credit_card`)}</details>`
      : `<form method="post" action="${action}/${name}">
<button class="method">${escapeHtml(label)}</button></form>`,
  );
  const note = failed
    ? `<p><span class="badge bad">${failed.status}</span> The last attempt came to nothing. Choose again.</p>`
    : "";
  return shell(
    "Choose how to pay",
    `<div class="card">${top(merchant, order.grossAmount, order.orderId)}<div class="body">${note}
<b>Choose how to pay</b>${buttons.join("")}${itemList(order.items, merchant.currency)}</div></div>`,
  );
}

function cardForm(action: string): string {
  return `<form method="post" action="${action}">
<label>Card number
<input name="number" inputmode="numeric" autocomplete="off" value="${TEST_CARD.number}"></label>
<div class="three"><label>Month<input name="month" value="${TEST_CARD.month}"></label>
<label>Year<input name="year" value="${TEST_CARD.year}"></label>
<label>CVV<input name="cvv" value="${TEST_CARD.cvv}"></label></div>
<p class="hint">A test card that is accepted is filled in; 4911 1111 1111 1113 is declined by the bank.</p>
<button class="go">Continue</button></form>`;
}

const METHOD_NAME: Record<Transaction["paymentType"], string> = {
  qris: "QRIS",
  gopay: "GoPay",
  shopeepay: "ShopeePay",
  credit_card: "Card",
  bank_transfer: "Bank transfer",
  echannel: "Mandiri Bill",
  cstore: "Convenience store",
};

const TONE: Record<Transaction["status"], string> = {
  pending: "wait",
  authorize: "wait",
  capture: "good",
  settlement: "good",
  deny: "bad",
  cancel: "bad",
  expire: "bad",
  failure: "bad",
  refund: "",
  partial_refund: "",
  chargeback: "bad",
};

const badge = (transaction: Transaction): string =>
  `<span class="badge ${TONE[transaction.status]}">${transaction.status.replace("_", " ")}</span>`;

const RESULT: Partial<Record<Transaction["status"], string>> = {
  settlement: "Payment received",
  capture: "Payment received",
  authorize: "Payment reserved",
  deny: "Payment denied",
  expire: "Payment expired",
  cancel: "Payment cancelled",
  failure: "Payment failed",
  refund: "Refunded",
  partial_refund: "Partly refunded",
  chargeback: "Charged back",
};

/** Where the customer goes on: https://docs.midtrans.com/docs/snap-advanced-feature, finish redirect. */
function finishUrl(transaction: Transaction): string | undefined {
  if (!transaction.finishUrl || !URL.canParse(transaction.finishUrl)) return undefined;
  const url = new URL(transaction.finishUrl);
  url.searchParams.set("order_id", transaction.orderId);
  url.searchParams.set("status_code", statusCode(transaction));
  url.searchParams.set("transaction_status", transaction.status);
  return url.href;
}

/** Between two looks at whether a script or another window has moved the payment on. */
const REFRESH_SECONDS = 10;
const RETURN_SECONDS = 4;

/** The page of one payment, where the customer pays, is denied, or lets it expire. */
export function payPage(transaction: Transaction, merchant: Merchant): string {
  const open = transaction.status === "pending";
  const finish = finishUrl(transaction);
  const back = !open && finish ? `${RETURN_SECONDS};url=${finish}` : undefined;
  const refresh = open ? String(REFRESH_SECONDS) : back;
  return shell(
    `Pay ${transaction.orderId}`,
    `<div class="card">${top(merchant, transaction.grossAmount, transaction.orderId)}<div class="body"><dl>
${row("Method", METHOD_NAME[transaction.paymentType])}<dt>Status</dt><dd>${badge(transaction)}</dd>
${open ? row("Pay before", `${wibTime(transaction.expiresAt)} WIB`) : ""}</dl>
${open ? `${panel(transaction)}${buttons(transaction)}` : result(transaction, finish)}
${itemList(transaction.items, transaction.currency)}</div></div>`,
    refresh ? { refresh } : {},
  );
}

function panel(transaction: Transaction): string {
  const { shown, charged } = transaction;
  const qr = text(charged.qr_string);
  if (qr) {
    const app = transaction.paymentType === "gopay" ? "the GoPay app" : "any QRIS app";
    return `<div class="panel"><div class="qr">${qrSvg(qr)}</div><p>Scan with ${app}</p>
<details><summary>Code as text</summary><p class="hint">${escapeHtml(qr)}</p></details></div>`;
  }
  if (transaction.paymentType === "shopeepay") {
    return `<div class="panel"><p>The Shopee app asks for your PIN here</p></div>`;
  }
  const account = Array.isArray(shown.va_numbers) ? Object(shown.va_numbers[0]) : {};
  const lines: [string, unknown][] = [
    [`${String(account.bank ?? "").toUpperCase()} virtual account`, account.va_number],
    ["Permata virtual account", shown.permata_va_number],
    [`Mandiri biller ${shown.biller_code}, bill key`, shown.bill_key],
    [`Payment code at ${shown.store}`, shown.payment_code],
    ["Card", shown.masked_card],
  ];
  return lines
    .filter((line) => typeof line[1] === "string")
    .map(
      ([label, value]) =>
        `<div class="panel"><p>${escapeHtml(label)}</p>
<div class="number">${escapeHtml(String(value))}</div></div>`,
    )
    .join("");
}

const button = (transaction: Transaction, action: string, label: string, tone: string): string =>
  `<form method="post" action="/pay/${transaction.id}/${action}">
<button class="${tone}">${label}</button></form>`;

const buttons = (
  transaction: Transaction,
): string => `${button(transaction, "pay", "Pay", "go")}<div class="pair">
${button(transaction, "deny", "Deny", "no")}${button(transaction, "expire", "Expire", "")}</div>`;

function result(transaction: Transaction, finish: string | undefined): string {
  const link = finish ? `<p><a href="${escapeHtml(finish)}">Return to the shop</a></p>` : "";
  return `<div class="panel done"><b>${RESULT[transaction.status] ?? transaction.status}</b>${link}</div>`;
}

/** The bank's page of 3D Secure. */
export function threeDsPage(transaction: Transaction, merchant: Merchant, action: string): string {
  return shell(
    "Confirm with your bank",
    `<div class="card"><div class="top">
<p>${escapeHtml(String(transaction.shown.bank ?? "bank").toUpperCase())}</p>
<h1>3D Secure</h1><p>Confirm this payment with your bank</p></div><div class="body"><dl>
${row("Merchant", merchant.name ?? "Titan Commerce")}
${row("Amount", money(transaction.grossAmount, transaction.currency))}
${row("Card", String(transaction.shown.masked_card))}${row("Order", transaction.orderId)}</dl>
<div class="panel"><p>In the real bank's page a one-time password is asked for here.</p></div>
<form method="post" action="${escapeHtml(action)}"><button class="go" name="result" value="ok">OK</button>
<button class="no low" name="result" value="fail">Fail</button></form></div></div>`,
  );
}

/** What went through the sandbox, newest first. */
export function overviewPage(transactions: Transaction[], deliveries: Delivery[]): string {
  const payments = transactions.map(
    (one) => `<tr><td><a href="/pay/${one.id}">${escapeHtml(one.orderId)}</a></td>
<td>${METHOD_NAME[one.paymentType]}</td><td>${escapeHtml(money(one.grossAmount, one.currency))}</td>
<td>${badge(one)}</td><td>${wibTime(one.createdAt)}</td></tr>`,
  );
  const notifications = deliveries.map(
    (one) => `<tr><td>${escapeHtml(one.orderId)}</td><td>${one.state}</td>
<td>${escapeHtml(one.attempts.map((attempt) => attempt.result).join(", ") || "not yet")}</td>
<td class="hint">${escapeHtml(one.url)}</td></tr>`,
  );
  const table = (head: string, rows: string[], empty: string) => {
    const list = `<table class="list">${head}${rows.join("")}</table>`;
    return `<div class="card">${rows.length > 0 ? list : `<div class="empty">${empty}</div>`}</div>`;
  };
  return shell(
    "Payment sandbox",
    `<h2>Payments</h2>${table(
      "<tr><th>Order</th><th>Method</th><th>Amount</th><th>Status</th><th>Created (WIB)</th></tr>",
      payments,
      "No payment yet. What the platform charges shows here.",
    )}<h2>Notifications</h2>${table(
      "<tr><th>Order</th><th>State</th><th>Answers</th><th>Sent to</th></tr>",
      notifications,
      "No notification yet.",
    )}`,
    { refresh: String(REFRESH_SECONDS), wide: true },
  );
}
