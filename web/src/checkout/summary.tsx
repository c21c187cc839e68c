import { Link } from "@tanstack/react-router";
import { ApiError } from "../api/client.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { money, texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import type { Checkout } from "./open.ts";

const text = texts({
  en: {
    title: "Summary",
    goods: "Goods",
    shipping: "Delivery",
    discount: "Vouchers",
    shippingDiscount: "Off the delivery",
    included: (name: string) => `${name} included`,
    total: "Total",
    wallet: "From your wallet",
    rest: "Left to pay",
    order: "Place the order",
    pay: (amount: string) => `Order and pay ${amount}`,
    ordering: "Placing the order…",
    silent: "The answer did not reach us. Press again: it stays one order, and is paid once.",
    cart: "Look at the cart",
  },
  id: {
    title: "Ringkasan",
    goods: "Barang",
    shipping: "Pengiriman",
    discount: "Voucher",
    shippingDiscount: "Potongan ongkir",
    included: (name: string) => `Termasuk ${name}`,
    total: "Total",
    wallet: "Dari dompet Anda",
    rest: "Sisa yang dibayar",
    order: "Buat pesanan",
    pay: (amount: string) => `Pesan dan bayar ${amount}`,
    ordering: "Membuat pesanan…",
    silent: "Jawabannya belum kami terima. Tekan lagi: tetap satu pesanan, dan dibayar satu kali.",
    cart: "Lihat keranjang",
  },
});

type Money = Schemas["Money"];
type Props = {
  readonly checkout: Checkout;
  readonly part: Money | undefined;
  readonly isChanging: boolean;
  readonly isOrdering: boolean;
  readonly error: unknown;
  readonly onOrder: () => void;
};

const isNothing = ({ minor }: Money): boolean => BigInt(minor) === 0n;
const less = (a: Money, b: Money): Money => ({
  minor: (BigInt(a.minor) - BigInt(b.minor)).toString(),
  currency: a.currency,
});

/** What it comes to, and the one button of the page. */
export function Summary({ checkout, part, isChanging, isOrdering, error, onOrder }: Props) {
  const { totals } = checkout;
  const rest = part ? less(totals.total, part) : totals.total;
  const isPaidNow = checkout.paymentMethod !== null && checkout.paymentMethod !== "cod";
  return (
    <aside className="panel lg:sticky lg:top-20" aria-label={text.title}>
      <dl className={`flex flex-col gap-2 ${isChanging ? "opacity-60" : ""}`} aria-busy={isChanging}>
        <Amounts checkout={checkout} />
        <Row label={text.total} amount={totals.total} isStrong />
        {part && <Row label={text.wallet} amount={part} isOff />}
        {part && <Row label={text.rest} amount={rest} isStrong />}
      </dl>
      <div className="mt-5 flex flex-col gap-3">
        <Trouble error={error} />
        <button
          type="button"
          className="button button-primary w-full"
          disabled={isOrdering || isChanging}
          onClick={onOrder}
        >
          {isOrdering ? text.ordering : isPaidNow ? text.pay(money(rest)) : text.order}
        </button>
      </div>
    </aside>
  );
}

function Amounts({ checkout: { totals, tax } }: { readonly checkout: Checkout }) {
  return (
    <>
      <Row label={text.goods} amount={totals.goods} />
      <Row label={text.shipping} amount={totals.shipping} />
      {!isNothing(totals.discount) && <Row label={text.discount} amount={totals.discount} isOff />}
      {!isNothing(totals.shippingDiscount) && (
        <Row label={text.shippingDiscount} amount={totals.shippingDiscount} isOff />
      )}
      <Row
        label={tax.inclusive ? text.included(tax.name) : tax.name}
        amount={totals.tax}
        isQuiet={tax.inclusive}
      />
    </>
  );
}

type RowProps = {
  readonly label: string;
  readonly amount: Money;
  readonly isOff?: boolean;
  readonly isStrong?: boolean;
  readonly isQuiet?: boolean;
};

const STRONG = "border-line border-t pt-3 text-lg font-bold";
const QUIET = "text-muted text-sm";

const Row = ({ label, amount, isOff = false, isStrong = false, isQuiet = false }: RowProps) => (
  <div
    className={`flex justify-between gap-4 ${isStrong ? STRONG : isQuiet ? QUIET : isOff ? "text-good" : ""}`}
  >
    <dt>{label}</dt>
    <dd className="tabular-nums">{isOff ? `−${money(amount)}` : money(amount)}</dd>
  </div>
);

/** A lost answer is no refusal: what was asked for may have happened, and is asked for again safely. */
function Trouble({ error }: { readonly error: unknown }) {
  if (!(error instanceof ApiError)) return <Refusal error={error} />;
  if (error.status === 0 || error.status >= 500) {
    return (
      <p className="notice" role="alert">
        {text.silent}
      </p>
    );
  }
  return (
    <>
      <Refusal error={error} />
      {error.code === "inventory.insufficient" && (
        <Link className="button button-quiet" to="/cart">
          {text.cart}
        </Link>
      )}
    </>
  );
}
