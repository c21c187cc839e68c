import type { Locale } from "#kernel/errors";
import type { Currency } from "#kernel/money";
import { formatDay, formatMoney } from "#kernel/print";
import { openDocument, PAGE, Sheet } from "#kernel/sheet";
import type { AmountLine, Amounts } from "../../domain/amounts.ts";
import type { Tender } from "../../domain/case.ts";
import { tenderName, WORDS, type Words } from "./words.ts";

export type NoteInput = {
  readonly number: string;
  readonly invoiceNumber: string | null;
  readonly orderId: string;
  readonly issuedAt: number;
  readonly timeZone: string;
  readonly locale: Locale;
  readonly currency: Currency;
  readonly seller: { readonly name: string; readonly city: string | null };
  readonly buyer: readonly string[];
  readonly taxName: string;
  readonly taxInclusive: boolean;
  readonly tender: Tender;
  /** The buyer kept the goods at a lower price. */
  readonly isReduction: boolean;
  readonly titles: ReadonlyMap<string, string>;
  readonly amounts: Amounts;
};

const RIGHT = PAGE.width - PAGE.margin;
const COLUMN = { quantity: 400, label: 460, amount: RIGHT } as const;
const ITEM_WIDTH = 320;
const SMALL = { size: 8, soft: true } as const;
const FOOTER_Y = PAGE.height - 40;

/** The same refund gives the same bytes. The invoice stays as it was; this is what is taken off it. */
export async function drawNote(input: NoteInput): Promise<Uint8Array<ArrayBuffer>> {
  const words = WORDS[input.locale];
  const { document, fonts } = await openDocument(`${words.title} ${input.number}`, input.issuedAt);
  const sheet = new Sheet(document, fonts);
  drawHead(sheet, input, words);
  drawTableHead(sheet, words);
  for (const line of input.amounts.lines) drawLine(sheet, input, line, words);
  drawTotals(sheet, input, words);
  drawFooters(sheet, input, words);
  return new Uint8Array(await document.save({ useObjectStreams: false }));
}

function drawHead(sheet: Sheet, input: NoteInput, words: Words): void {
  const { number, invoiceNumber, orderId, issuedAt, timeZone, seller, buyer } = input;
  const facts = [
    [words.number, number],
    [words.date, formatDay(issuedAt, timeZone)],
    ...(invoiceNumber ? [[words.invoice, invoiceNumber]] : []),
    [words.order, orderId],
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
  sheet.text(words.buyer, PAGE.margin, SMALL);
  sheet.down();
  for (const part of buyer.flatMap((one) => sheet.wrap(one, ITEM_WIDTH))) {
    sheet.text(part, PAGE.margin);
    sheet.down();
  }
  sheet.y += 18;
}

function drawTableHead(sheet: Sheet, words: Words): void {
  sheet.text(words.item, PAGE.margin, SMALL);
  sheet.textBefore(words.quantity, COLUMN.quantity, SMALL);
  sheet.textBefore(words.amount, COLUMN.amount, SMALL);
  sheet.down(8);
  sheet.y += 3;
  sheet.rule();
  sheet.y += 7;
}

function drawLine(sheet: Sheet, input: NoteInput, line: AmountLine, words: Words): void {
  const title = input.titles.get(line.lineId) ?? line.lineId;
  const shown = sheet.wrap(input.isReduction ? `${words.reduction}: ${title}` : title, ITEM_WIDTH);
  if (!sheet.hasRoom(shown.length * 13 + 24)) {
    sheet.turn();
    drawTableHead(sheet, words);
  }
  // As it was paid for, so that the rows add up to the total.
  const paidMinor = line.goodsMinor - line.discountMinor;
  sheet.textBefore(line.quantity.toString(), COLUMN.quantity);
  sheet.textBefore(formatMoney(paidMinor, input.currency), COLUMN.amount);
  for (const part of shown) {
    sheet.text(part, PAGE.margin);
    sheet.down();
  }
  sheet.y += 6;
}

/** A sign in front of the whole, as accounts write it. */
const signed = (minor: bigint, currency: Currency): string =>
  minor < 0n ? `-${formatMoney(-minor, currency)}` : formatMoney(minor, currency);

function drawTotals(sheet: Sheet, input: NoteInput, words: Words): void {
  const { amounts, currency, taxName, taxInclusive } = input;
  const tax = taxInclusive ? `${taxName} (${words.included})` : taxName;
  // Where tax comes on top, what is withheld has its tax in it, which is shown with the tax.
  const onTop = amounts.lines.reduce((sum, line) => sum + line.goodsMinor - line.discountMinor, 0n);
  const rest = amounts.toBuyerMinor - onTop - amounts.shippingMinor - (taxInclusive ? 0n : amounts.taxMinor);
  const rows: (readonly [string, bigint])[] = [
    ...(amounts.shippingMinor > 0n ? [[words.shipping, amounts.shippingMinor] as const] : []),
    ...(rest === 0n ? [] : [[rest < 0n ? words.withheld : words.givenBack, rest] as const]),
    [tax, amounts.taxMinor],
  ];
  if (!sheet.hasRoom(rows.length * 13 + 70)) sheet.turn();
  sheet.rule();
  sheet.y += 8;
  for (const [label, minor] of rows) {
    sheet.textBefore(label, COLUMN.label, { soft: true });
    sheet.textBefore(signed(minor, currency), COLUMN.amount);
    sheet.down();
  }
  sheet.y += 4;
  sheet.rule(COLUMN.quantity - 40);
  sheet.y += 6;
  const strong = { bold: true, size: 12 };
  sheet.textBefore(words.total, COLUMN.label, strong);
  sheet.textBefore(formatMoney(amounts.toBuyerMinor, currency), COLUMN.amount, strong);
  sheet.down(12);
  sheet.y += 6;
  sheet.textBefore(tenderName(words, input.tender), COLUMN.amount, { soft: true });
}

function drawFooters(sheet: Sheet, { number }: NoteInput, words: Words): void {
  const { pages } = sheet;
  sheet.y = FOOTER_Y;
  for (const [index, page] of pages.entries()) {
    sheet.text(number, PAGE.margin, SMALL, page);
    const label = `${words.page} ${index + 1} ${words.of} ${pages.length}`;
    sheet.text(label, RIGHT - sheet.widthOf(label, SMALL), SMALL, page);
  }
}
