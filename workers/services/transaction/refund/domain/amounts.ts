import type { Id } from "#kernel/ids";
import { larger, smaller } from "#kernel/money";

/** What one line of an order was sold for, as its snapshot has it. */
export type SaleLine = {
  readonly lineId: Id<"line">;
  readonly quantity: number;
  readonly goodsMinor: bigint;
  readonly discountMinor: bigint;
  readonly sellerDiscountMinor: bigint;
  readonly taxMinor: bigint;
  readonly taxRateBasisPoints: number;
  readonly commissionMinor: bigint;
  readonly commissionTaxMinor: bigint;
};
export type Sale = {
  readonly lines: readonly SaleLine[];
  /** Of the lines and, what is left of it, of the shipping. */
  readonly taxMinor: bigint;
  readonly taxInclusive: boolean;
  readonly shippingMinor: bigint;
  readonly shippingDiscountMinor: bigint;
  readonly sellerShippingDiscountMinor: bigint;
  readonly totalMinor: bigint;
  /** The market's: what a buyer is given back is a multiple of it. */
  readonly stepMinor: bigint;
};

/** How far a line is settled: `settled` units in all, of which `back` went back for their whole price. */
export type LineBook = {
  readonly lineId: Id<"line">;
  readonly settled: number;
  readonly back: number;
  readonly fault: number;
  /** What these units gave back to the buyer, and the discounts that went with units that went back. */
  readonly grossMinor: bigint;
  readonly discountBackMinor: bigint;
  readonly sellerDiscountBackMinor: bigint;
};
/** All that has gone back of one order. Every amount of a refund is the difference of two of these. */
export type Book = {
  readonly lines: readonly LineBook[];
  readonly shippingMinor: bigint;
  readonly shippingTaxMinor: bigint;
  readonly sellerShippingMinor: bigint;
  readonly withheldSellerMinor: bigint;
  readonly withheldPlatformMinor: bigint;
  readonly withheldTaxMinor: bigint;
  readonly toBuyerMinor: bigint;
};

type Units = { readonly lineId: Id<"line">; readonly quantity: number };
export type Discount = { readonly discountMinor: bigint; readonly sellerDiscountMinor: bigint };
/** What the same vouchers take off these units; a line that is not in the answer keeps its share. */
export type Reprice = (kept: readonly Units[]) => ReadonlyMap<Id<"line">, Discount>;

export type Wanted = {
  readonly units: readonly Units[];
  /**
   * The seller or a carrier is to blame: discounts stay as they were, and shipping goes back in proportion.
   */
  readonly isFault: boolean;
  readonly bearer: "seller" | "platform";
  /**
   * The buyer keeps the goods and gets so much, as the seller offered; null: the units go back for their
   * price.
   */
  readonly allowanceMinor: bigint | null;
  readonly shippingWithWhole: boolean;
};

export type AmountLine = Units & {
  readonly goodsMinor: bigint;
  readonly discountMinor: bigint;
  readonly sellerDiscountMinor: bigint;
  readonly taxMinor: bigint;
  readonly commissionMinor: bigint;
  readonly commissionTaxMinor: bigint;
  /** What the buyer had paid for these units. */
  readonly grossMinor: bigint;
};
export type Amounts = {
  readonly lines: readonly AmountLine[];
  readonly shippingMinor: bigint;
  /** Discounts whose conditions what is kept meets no longer; below nought when they are given back later. */
  readonly withheldMinor: bigint;
  readonly taxMinor: bigint;
  readonly toBuyerMinor: bigint;
  readonly fromSellerMinor: bigint;
  readonly fromPlatformMinor: bigint;
  readonly commissionBackMinor: bigint;
  readonly commissionTaxBackMinor: bigint;
  readonly isWhole: boolean;
};

/** Of an order that was never paid. */
export const NOTHING: Amounts = {
  lines: [],
  shippingMinor: 0n,
  withheldMinor: 0n,
  taxMinor: 0n,
  toBuyerMinor: 0n,
  fromSellerMinor: 0n,
  fromPlatformMinor: 0n,
  commissionBackMinor: 0n,
  commissionTaxBackMinor: 0n,
  isWhole: false,
};

export const emptyBook = (sale: Pick<Sale, "lines">): Book => ({
  lines: sale.lines.map(({ lineId }) => ({
    lineId,
    settled: 0,
    back: 0,
    fault: 0,
    grossMinor: 0n,
    discountBackMinor: 0n,
    sellerDiscountBackMinor: 0n,
  })),
  shippingMinor: 0n,
  shippingTaxMinor: 0n,
  sellerShippingMinor: 0n,
  withheldSellerMinor: 0n,
  withheldPlatformMinor: 0n,
  withheldTaxMinor: 0n,
  toBuyerMinor: 0n,
});

const sumOf = <T>(all: readonly T[], amountOf: (one: T) => bigint): bigint =>
  all.reduce((sum, one) => sum + amountOf(one), 0n);
const downTo = (minor: bigint, step: bigint): bigint => minor - (minor % step);

/** So much of an amount for so many of its units; the last one brings it to the whole, however it was cut. */
function cumulative(amount: bigint, units: number, of: number, step = 1n): bigint {
  return units >= of ? amount : downTo((amount * BigInt(units)) / BigInt(of), step);
}

/** What the first `units` of a line are worth, in each of its amounts. */
function worthOf(line: SaleLine, units: number, sale: Pick<Sale, "stepMinor" | "taxInclusive">) {
  const { quantity, goodsMinor, discountMinor, sellerDiscountMinor, taxMinor } = line;
  const unitMinor = goodsMinor / BigInt(quantity);
  const step = unitMinor % sale.stepMinor === 0n ? sale.stepMinor : 1n;
  const goods = unitMinor * BigInt(units);
  const paid = cumulative(goodsMinor - discountMinor, units, quantity, step);
  const discount = goods - paid;
  const tax = cumulative(taxMinor, units, quantity, sale.taxInclusive ? 1n : step);
  return {
    goods,
    discount,
    // In the proportion of the whole, so that it is never more than the discount that it is a part of.
    sellerDiscount: discountMinor === 0n ? 0n : (sellerDiscountMinor * discount) / discountMinor,
    tax,
    commission: cumulative(line.commissionMinor, units, quantity),
    commissionTax: cumulative(line.commissionTaxMinor, units, quantity),
    gross: paid + (sale.taxInclusive ? 0n : tax),
  };
}

/** The next `quantity` units of a line after those that are settled. */
function nextUnits(sale: Sale, line: SaleLine, settled: number, quantity: number): AmountLine {
  if (quantity < 1 || settled + quantity > line.quantity) throw new RangeError("more units than were sold");
  const from = worthOf(line, settled, sale);
  const to = worthOf(line, settled + quantity, sale);
  return {
    lineId: line.lineId,
    quantity,
    goodsMinor: to.goods - from.goods,
    discountMinor: to.discount - from.discount,
    sellerDiscountMinor: to.sellerDiscount - from.sellerDiscount,
    taxMinor: to.tax - from.tax,
    commissionMinor: to.commission - from.commission,
    commissionTaxMinor: to.commissionTax - from.commissionTax,
    grossMinor: to.gross - from.gross,
  };
}

/** A price that is lowered, to nought at most: of each amount the part that goes back, and no discounts. */
function lowered(lines: readonly AmountLine[], allowanceMinor: bigint, sale: Sale): readonly AmountLine[] {
  const gross = sumOf(lines, (line) => line.grossMinor);
  let left = smaller(allowanceMinor, gross);
  let weight = gross;
  return lines.map((line) => {
    const share = line.grossMinor === weight ? left : (left * line.grossMinor) / larger(weight, 1n);
    left -= share;
    weight -= line.grossMinor;
    const part = (minor: bigint) => (line.grossMinor === 0n ? 0n : (minor * share) / line.grossMinor);
    const taxMinor = part(line.taxMinor);
    return {
      ...line,
      goodsMinor: sale.taxInclusive ? share : share - taxMinor,
      discountMinor: 0n,
      sellerDiscountMinor: 0n,
      taxMinor,
      commissionMinor: part(line.commissionMinor),
      commissionTaxMinor: part(line.commissionTaxMinor),
      grossMinor: share,
    };
  });
}

/** The book of the lines once these units are settled. */
const withUnits = (book: Book, lines: readonly AmountLine[], { isFault, allowanceMinor }: Wanted) =>
  book.lines.map((before): LineBook => {
    const line = lines.find(({ lineId }) => lineId === before.lineId);
    if (!line) return before;
    const back = allowanceMinor === null ? line.quantity : 0;
    return {
      lineId: before.lineId,
      settled: before.settled + line.quantity,
      back: before.back + back,
      fault: before.fault + (isFault ? back : 0),
      grossMinor: before.grossMinor + line.grossMinor,
      discountBackMinor: before.discountBackMinor + line.discountMinor,
      sellerDiscountBackMinor: before.sellerDiscountBackMinor + line.sellerDiscountMinor,
    };
  });

const isAllBack = (sale: Sale, lines: readonly LineBook[]): boolean =>
  sale.lines.every((line) => bookOf(lines, line.lineId).back === line.quantity);

function bookOf(lines: readonly LineBook[], lineId: Id<"line">): LineBook {
  const found = lines.find((line) => line.lineId === lineId);
  if (!found) throw new Error(`line ${lineId} is not in the book`);
  return found;
}

/** All of it with the last unit of the order; before that the share of what went back by somebody's fault. */
function shippingOf(sale: Sale, lines: readonly LineBook[], { shippingWithWhole }: Wanted) {
  const paid = sale.shippingMinor - sale.shippingDiscountMinor;
  const tax = sale.taxMinor - sumOf(sale.lines, (line) => line.taxMinor);
  const goods = sumOf(sale.lines, (line) => line.goodsMinor);
  const fault = sumOf(
    sale.lines,
    (line) => (line.goodsMinor * BigInt(bookOf(lines, line.lineId).fault)) / BigInt(line.quantity),
  );
  const isWhole = isAllBack(sale, lines) && (shippingWithWhole || fault === goods);
  const share = (minor: bigint, step: bigint) =>
    isWhole ? minor : goods === 0n ? 0n : downTo((minor * fault) / goods, step);
  const back = share(paid, sale.stepMinor);
  const credited = sale.shippingMinor - sale.sellerShippingDiscountMinor;
  return {
    back,
    tax: share(tax, sale.taxInclusive ? 1n : sale.stepMinor),
    seller: paid === 0n ? 0n : (credited * back) / paid,
  };
}

/** Discounts that what is kept would not have had by itself. What came back by fault counts as kept. */
function lossOf(sale: Sale, lines: readonly LineBook[], reprice: Reprice) {
  const qualifying = sale.lines.map(({ lineId, quantity }) => {
    const { back, fault } = bookOf(lines, lineId);
    return { lineId, quantity: quantity - back + fault };
  });
  const repriced = reprice(qualifying.filter(({ quantity }) => quantity > 0));
  let seller = 0n;
  let platform = 0n;
  let tax = 0n;
  for (const [at, line] of sale.lines.entries()) {
    const book = bookOf(lines, line.lineId);
    const now = repriced.get(line.lineId);
    const counted = BigInt(qualifying[at]?.quantity ?? 0);
    if (!now || counted === 0n) continue;
    const kept = BigInt(line.quantity - book.back);
    const has = line.discountMinor - book.discountBackMinor;
    const lost = downTo(larger(has - (now.discountMinor * kept) / counted, 0n), sale.stepMinor);
    // Rounding of a share that was cut anew is no loss.
    if (lost <= sale.stepMinor) continue;
    const sellerHas = line.sellerDiscountMinor - book.sellerDiscountBackMinor;
    const sellerLost = smaller(larger(sellerHas - (now.sellerDiscountMinor * kept) / counted, 0n), lost);
    const rate = BigInt(line.taxRateBasisPoints);
    const onTop = downTo((lost * rate) / 10_000n, sale.stepMinor);
    seller += sellerLost + (sale.taxInclusive ? 0n : onTop);
    platform += lost - sellerLost;
    tax += sale.taxInclusive ? (lost * rate) / (10_000n + rate) : onTop;
  }
  return { seller, platform, tax, all: seller + platform };
}

type Withheld = Pick<Book, "withheldSellerMinor" | "withheldPlatformMinor" | "withheldTaxMinor">;

/** What is withheld from now on: never more than this refund has, and nothing new by somebody's fault. */
function withhold(
  before: Withheld,
  loss: ReturnType<typeof lossOf>,
  { roomMinor, sellerRoomMinor, isFault }: Room,
): Withheld {
  const had = before.withheldSellerMinor + before.withheldPlatformMinor;
  const change = smaller(loss.all - had, isFault ? 0n : roomMinor);
  const all = had + change;
  const part = (minor: bigint) => (loss.all === 0n ? 0n : (minor * all) / loss.all);
  // The seller's part never takes more out of this refund than the seller puts into it.
  const seller = smaller(part(loss.seller), before.withheldSellerMinor + sellerRoomMinor);
  return {
    withheldSellerMinor: seller,
    withheldPlatformMinor: all - seller,
    withheldTaxMinor: part(loss.tax),
  };
}
type Room = { readonly roomMinor: bigint; readonly sellerRoomMinor: bigint; readonly isFault: boolean };

/** The units that go back, for their price or for a part of it. */
function linesOf(sale: Sale, book: Book, { units, allowanceMinor }: Wanted): readonly AmountLine[] {
  const full = units.map(({ lineId, quantity }) => {
    const line = sale.lines.find((one) => one.lineId === lineId);
    if (!line) throw new RangeError(`no line ${lineId} in this sale`);
    return nextUnits(sale, line, bookOf(book.lines, lineId).settled, quantity);
  });
  return allowanceMinor === null ? full : lowered(full, allowanceMinor, sale);
}

/** What of the shipping goes back now, with its tax, and how much of it the seller had been credited. */
function shippingNow(sale: Sale, book: Book, after: readonly LineBook[], wanted: Wanted) {
  const { back, tax, seller } = shippingOf(sale, after, wanted);
  return {
    back: larger(back - book.shippingMinor, 0n),
    tax: larger(tax - book.shippingTaxMinor, 0n),
    seller: larger(seller - book.sellerShippingMinor, 0n),
  };
}

/**
 * What goes back for these units, who bears it, and the book afterwards. Amounts are differences of
 * cumulative ones, so refunds of an order add up to what was paid, whatever the parts it came back in.
 */
export function assess(
  sale: Sale,
  book: Book,
  wanted: Wanted,
  reprice: Reprice,
): { readonly amounts: Amounts; readonly book: Book } {
  const lines = linesOf(sale, book, wanted);
  const after = withUnits(book, lines, wanted);
  const shipping = shippingNow(sale, book, after, wanted);
  const onTop = (tax: bigint) => (sale.taxInclusive ? 0n : tax);
  const tax = sumOf(lines, (line) => line.taxMinor) + shipping.tax;
  const grossMinor = sumOf(lines, (line) => line.grossMinor) + shipping.back + onTop(shipping.tax);
  const bears = wanted.bearer === "seller";
  const own = sumOf(lines, (line) => line.goodsMinor - line.sellerDiscountMinor);
  const sellerMinor = bears ? own + shipping.seller + onTop(tax) : 0n;
  const room = { roomMinor: grossMinor, sellerRoomMinor: sellerMinor, isFault: wanted.isFault };
  const withheld = withhold(book, lossOf(sale, after, reprice), room);
  const bySeller = withheld.withheldSellerMinor - book.withheldSellerMinor;
  const withheldMinor = bySeller + withheld.withheldPlatformMinor - book.withheldPlatformMinor;
  const toBuyerMinor = grossMinor - withheldMinor;
  const fromSellerMinor = sellerMinor - bySeller;
  return {
    amounts: {
      lines,
      shippingMinor: shipping.back,
      withheldMinor,
      taxMinor: larger(tax - (withheld.withheldTaxMinor - book.withheldTaxMinor), 0n),
      toBuyerMinor,
      fromSellerMinor,
      fromPlatformMinor: toBuyerMinor - fromSellerMinor,
      commissionBackMinor: bears ? sumOf(lines, (line) => line.commissionMinor) : 0n,
      commissionTaxBackMinor: bears ? sumOf(lines, (line) => line.commissionTaxMinor) : 0n,
      isWhole: isAllBack(sale, after),
    },
    book: {
      ...withheld,
      lines: after,
      shippingMinor: book.shippingMinor + shipping.back,
      shippingTaxMinor: book.shippingTaxMinor + shipping.tax,
      sellerShippingMinor: book.sellerShippingMinor + shipping.seller,
      toBuyerMinor: book.toBuyerMinor + toBuyerMinor,
    },
  };
}
