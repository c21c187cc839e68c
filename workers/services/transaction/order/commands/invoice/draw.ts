import type { Order, OrderLine } from "../../domain.ts";
import { openDocument, PAGE, Sheet } from "./page.ts";
import { formatDay, formatMoney, formatRate, methodName, WORDS, type Words } from "./words.ts";

export type InvoiceInput = {
  readonly order: Order;
  readonly number: string;
  readonly issuedAt: number;
  readonly seller: { readonly name: string; readonly city: string | null };
  /** Of the market: what day it is depends on it. */
  readonly timeZone: string;
};

const RIGHT = PAGE.width - PAGE.margin;
/** Right edges of the columns of figures. */
const COLUMN = { quantity: 372, unitPrice: 460, amount: RIGHT } as const;
const ITEM_WIDTH = 280;
const SMALL = { size: 8, soft: true } as const;
const FOOTER_Y = PAGE.height - 40;

/** The same order gives the same bytes: nothing in it depends on when or where it is drawn. */
export async function drawInvoice(input: InvoiceInput): Promise<Uint8Array<ArrayBuffer>> {
  const words = WORDS[input.order.group.locale];
  const { document, fonts } = await openDocument(`${words.title} ${input.number}`, input.issuedAt);
  const sheet = new Sheet(document, fonts);
  drawHead(sheet, input, words);
  drawParties(sheet, input, words);
  drawTableHead(sheet, words);
  for (const line of input.order.lines) drawLine(sheet, input.order, line, words);
  drawTotals(sheet, input, words);
  drawFooters(sheet, input, words);
  return new Uint8Array(await document.save({ useObjectStreams: false }));
}

function drawHead(
  sheet: Sheet,
  { order, number, issuedAt, seller, timeZone }: InvoiceInput,
  words: Words,
): void {
  const facts = [
    [words.number, number],
    [words.date, formatDay(issuedAt, timeZone)],
    [words.placed, formatDay(order.createdAt, timeZone)],
    [words.order, order.id],
  ];
  const top = sheet.y;
  sheet.text(seller.name, PAGE.margin, { size: 17, bold: true });
  sheet.textBefore(words.title, RIGHT, { size: 17, bold: true });
  sheet.down(17);
  if (seller.city) sheet.text(seller.city, PAGE.margin, { soft: true });
  sheet.y = top + 32;
  for (const [label = "", value = ""] of facts) {
    sheet.textBefore(value, RIGHT);
    sheet.textBefore(label, RIGHT - 170, { soft: true });
    sheet.down();
  }
  sheet.y += 12;
}

function drawParties(sheet: Sheet, { order, seller }: InvoiceInput, words: Words): void {
  const { address } = order.group;
  const region = [address.village, address.district, address.city, address.region].filter((part) => part);
  const to = [
    address.recipient,
    address.line1,
    ...(address.line2 ? [address.line2] : []),
    region.join(", "),
    `${address.postalCode} ${address.country}`,
    address.phone,
  ];
  const top = sheet.y;
  sheet.text(words.buyer, PAGE.margin, SMALL);
  sheet.down();
  for (const part of to) {
    for (const line of sheet.wrap(part, ITEM_WIDTH)) {
      sheet.text(line, PAGE.margin);
      sheet.down();
    }
  }
  const bottom = sheet.y;
  sheet.y = top;
  sheet.text(words.seller, COLUMN.quantity, SMALL);
  sheet.down();
  for (const line of sheet.wrap(seller.name, RIGHT - COLUMN.quantity, { bold: true })) {
    sheet.text(line, COLUMN.quantity, { bold: true });
    sheet.down();
  }
  sheet.y = Math.max(bottom, sheet.y) + 18;
}

function drawTableHead(sheet: Sheet, words: Words): void {
  sheet.text(words.item, PAGE.margin, SMALL);
  sheet.textBefore(words.quantity, COLUMN.quantity, SMALL);
  sheet.textBefore(words.unitPrice, COLUMN.unitPrice, SMALL);
  sheet.textBefore(words.amount, COLUMN.amount, SMALL);
  sheet.down(8);
  sheet.y += 3;
  sheet.rule();
  sheet.y += 7;
}

function drawLine(sheet: Sheet, { currency }: Order, line: OrderLine, words: Words): void {
  const title = sheet.wrap(line.title, ITEM_WIDTH);
  const about = [line.variantLabel, line.sku].filter((part) => part !== "").join(" · ");
  if (!sheet.hasRoom(title.length * 13 + 24)) {
    sheet.turn();
    drawTableHead(sheet, words);
  }
  sheet.textBefore(line.quantity.toString(), COLUMN.quantity);
  sheet.textBefore(formatMoney(line.unitPriceMinor, currency), COLUMN.unitPrice);
  sheet.textBefore(formatMoney(line.goodsMinor, currency), COLUMN.amount);
  for (const part of title) {
    sheet.text(part, PAGE.margin);
    sheet.down();
  }
  for (const part of sheet.wrap(about, ITEM_WIDTH, SMALL)) {
    sheet.text(part, PAGE.margin, SMALL);
    sheet.down(8);
  }
  sheet.y += 6;
}

/** Tax by rate; what is left of it is on the shipping. */
function taxRows({ lines, taxMinor, group }: Order, words: Words): readonly (readonly [string, bigint])[] {
  const byRate = Map.groupBy(lines, (line) => line.taxRateBasisPoints);
  const suffix = group.taxInclusive ? ` (${words.included})` : "";
  const rows = [...byRate]
    .toSorted(([a], [b]) => a - b)
    .map(([rate, own]) => {
      const minor = own.reduce((sum, line) => sum + line.taxMinor, 0n);
      return [`${group.taxName} ${formatRate(rate)}${suffix}`, minor] as const;
    });
  const rest = rows.reduce((left, [, minor]) => left - minor, taxMinor);
  const onShipping = [`${group.taxName}, ${words.shipping}${suffix}`, rest] as const;
  return rest > 0n ? [...rows, onShipping] : rows;
}

function drawTotals(sheet: Sheet, { order, timeZone, issuedAt }: InvoiceInput, words: Words): void {
  const { currency, group } = order;
  const off = (label: string, minor: bigint): (readonly [string, bigint])[] =>
    minor > 0n ? [[`${label}, ${words.discount}`, -minor]] : [];
  const rows: (readonly [string, bigint])[] = [
    [words.goods, order.goodsMinor],
    ...off(words.goods, order.discountMinor),
    [words.shipping, order.shippingMinor],
    ...off(words.shipping, order.shippingDiscountMinor),
  ];
  const taxes = taxRows(order, words);
  if (!sheet.hasRoom((rows.length + taxes.length) * 13 + 60)) sheet.turn();
  sheet.rule();
  sheet.y += 8;
  const row = (
    [label, minor]: readonly [string, bigint],
    style: { soft?: boolean; bold?: boolean; size?: number },
  ) => {
    sheet.textBefore(label, COLUMN.unitPrice, style);
    sheet.textBefore(formatMoney(minor, currency), COLUMN.amount, style);
    sheet.down(style.size);
  };
  for (const one of rows) row(one, {});
  for (const one of taxes) row(one, { soft: group.taxInclusive });
  sheet.y += 4;
  sheet.rule(COLUMN.quantity - 40);
  sheet.y += 6;
  row([words.total, order.totalMinor], { bold: true, size: 12 });
  sheet.y += 6;
  const day = formatDay(order.paidAt ?? issuedAt, timeZone);
  const paid = `${words.paid} ${day} ${words.with} ${methodName(group.locale, order.method)}`;
  sheet.textBefore(paid, COLUMN.amount, { soft: true });
}

function drawFooters(sheet: Sheet, { number }: InvoiceInput, words: Words): void {
  const { pages } = sheet;
  sheet.y = FOOTER_Y;
  for (const [index, page] of pages.entries()) {
    sheet.text(number, PAGE.margin, SMALL, page);
    const label = `${words.page} ${index + 1} ${words.of} ${pages.length}`;
    sheet.text(label, RIGHT - sheet.widthOf(label, SMALL), SMALL, page);
  }
}
