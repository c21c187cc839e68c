import { getRouteApi, Link, Navigate, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { identity } from "../session/tokens.ts";
import { Broken } from "../shell/missing.tsx";
import { money, texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { ADDRESS_ID, AddressSection } from "./address-section.tsx";
import { kept, useDraft } from "./draft.ts";
import { isOnline, whereOf } from "./method.ts";
import { type Checkout, GUEST, type Hold } from "./open.ts";
import { Parcels } from "./parcels.tsx";
import { goTo } from "./pay.ts";
import { PAYMENT_ID, PaymentSection, partOf, useSpendable } from "./payment-section.tsx";
import { Summary } from "./summary.tsx";
import { useChange, useCheckout, useComplete } from "./use-checkout.ts";
import { useOnline } from "./use-online.ts";
import { Vouchers } from "./vouchers.tsx";

const text = texts({
  en: {
    title: "Checkout",
    empty: "There is nothing to check out",
    emptyText: "Select what you want to buy in your cart first.",
    cart: "Go to the cart",
    offline: "You are offline. What you enter is kept; order when you are back.",
    again: "We asked for the prices anew, because they were no longer held.",
    was: (before: string, now: string) => `It came to ${before}, and now to ${now}.`,
    same: "It still comes to the same.",
    finishing: "Your order is placed. One moment…",
  },
  id: {
    title: "Checkout",
    empty: "Belum ada yang bisa di-checkout",
    emptyText: "Pilih dulu barang yang ingin dibeli di keranjang Anda.",
    cart: "Ke keranjang",
    offline: "Anda sedang offline. Isian Anda tersimpan; pesan setelah tersambung lagi.",
    again: "Harga kami tanyakan lagi karena sudah tidak ditahan.",
    was: (before: string, now: string) => `Sebelumnya ${before}, sekarang ${now}.`,
    same: "Jumlahnya tetap sama.",
    finishing: "Pesanan Anda sudah dibuat. Sebentar…",
  },
});

const route = getRouteApi("/checkout");

export function CheckoutPage() {
  useTitle(text.title);
  const { saleId, holdId } = route.useSearch();
  const hold = saleId !== undefined && holdId !== undefined ? { saleId, holdId } : undefined;
  const who = useSyncExternalStore(identity.subscribe, identity.get);
  const opened = useCheckout(hold);
  const next = useLocation({ select: ({ href }) => href });
  const [here] = useState(next);
  // Whoever began as a member and is none any more signs in again, and finds everything as he left it.
  const { owner = GUEST } = useDraft();
  const [began] = useState(who.kind);
  const hasEnded = who.kind === "visitor" && (began !== "visitor" || owner !== GUEST);
  if (hasEnded) return <Navigate to="/sign-in" search={{ next: here, ended: true }} replace />;
  if (opened.error && !opened.data) {
    return <Broken error={opened.error} reset={() => void opened.refetch()} />;
  }
  if (opened.data === undefined) return <Coming />;
  if (opened.data === null) return <Empty />;
  if (opened.data.state === "completed") return <Finishing checkout={opened.data} />;
  return <Open checkout={opened.data} hold={hold} />;
}

const Coming = () => (
  <section aria-busy>
    <h1 className="page-title">{text.title}</h1>
    <div className="checkout">
      <div className="flex flex-col gap-4">
        <div className="skeleton h-72" />
        <div className="skeleton h-56" />
      </div>
      <div className="skeleton h-64" />
    </div>
  </section>
);

const Empty = () => (
  <section className="empty">
    <h1 className="empty-title">{text.empty}</h1>
    <p className="empty-text">{text.emptyText}</p>
    <Link className="button button-primary" to="/cart">
      {text.cart}
    </Link>
  </section>
);

/** It is an order already: whoever comes back here is led to it and pays nothing twice. */
function Finishing({ checkout }: { readonly checkout: Checkout }) {
  const record = kept.get();
  const paymentId = record?.checkoutId === checkout.id ? record.paymentId : undefined;
  const complete = useComplete(checkout);
  const { mutate, isIdle } = complete;
  useEffect(() => {
    // Its answer was lost: asking again changes nothing and says which payment it was.
    if (paymentId === undefined && isIdle) mutate({});
  }, [paymentId, isIdle, mutate]);
  if (complete.error) return <Broken error={complete.error} reset={() => mutate({})} />;
  const found = paymentId ?? complete.data?.payment.id;
  if (found !== undefined) return <Navigate to="/pay/$paymentId" params={{ paymentId: found }} replace />;
  return (
    <p className="empty" role="status">
      {text.finishing}
    </p>
  );
}

type OpenProps = { readonly checkout: Checkout; readonly hold: Hold | undefined };

function Open({ checkout, hold }: OpenProps) {
  const change = useChange(checkout, hold);
  const complete = useComplete(checkout);
  const navigate = useNavigate();
  const spendable = useSpendable();
  const { usesWallet = false, ...where } = useDraft();
  const { paymentMethod: method, missing, totals } = checkout;
  const part = usesWallet && isOnline(method) ? partOf(spendable, totals.total) : undefined;
  const order = () => {
    if (missing.length > 0) return focusOn(missing.includes("paymentMethod") && missing.length === 1);
    const body = { ...whereOf(method, where), ...(part && { wallet: part }) };
    complete.mutate(body, { onSuccess: (done) => void goTo(navigate, done) });
  };
  return (
    <section>
      <h1 className="page-title">{text.title}</h1>
      <Notices checkout={checkout} />
      <div className="checkout">
        <div className="flex min-w-0 flex-col gap-4">
          <AddressSection checkout={checkout} change={change} />
          <Parcels checkout={checkout} change={change} />
          <Vouchers checkout={checkout} change={change} />
          <PaymentSection checkout={checkout} change={change} />
        </div>
        <Summary
          checkout={checkout}
          part={part}
          isChanging={change.isPending}
          isOrdering={complete.isPending || complete.isSuccess}
          error={complete.error}
          onOrder={order}
        />
      </div>
    </section>
  );
}

/** Leads to what is still missing. */
function focusOn(isPayment: boolean): void {
  const heading = document.getElementById(isPayment ? PAYMENT_ID : ADDRESS_ID);
  heading?.scrollIntoView({ block: "start" });
  heading?.focus({ preventScroll: true });
}

function Notices({ checkout }: { readonly checkout: Checkout }) {
  const isOnlineNow = useOnline();
  const { again } = useDraft();
  const now = checkout.totals.total;
  const isSame = again?.before.minor === now.minor;
  return (
    <div role="status">
      {!isOnlineNow && <p className="notice mb-4">{text.offline}</p>}
      {again && (
        <p className="notice mb-4">
          {text.again} {isSame ? text.same : text.was(money(again.before), money(now))}
        </p>
      )}
    </div>
  );
}
