import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import { useState } from "react";
import { queryOf } from "../api/queries.ts";
import { money, texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { moment } from "../shell/when.ts";
import { Countdown } from "../ui/countdown.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Instructions } from "./instructions.tsx";
import { methodName } from "./method.ts";
import { OtherWay } from "./other-way.tsx";
import { addressLeftIn, isOpen, isPaid, type Payment } from "./pay.ts";

const text = texts({
  en: {
    title: "Payment",
    pay: "To pay",
    until: (at: string) => `Pay until ${at}`,
    fromWallet: (amount: string) => `of which ${amount} from your wallet`,
    waiting: "As soon as the money is there, this page goes on by itself.",
    failed: "This payment did not go through",
    failedText: "Nothing was taken. You can pay another way.",
    order: "Look at the order",
    wallet: "Back to the wallet",
  },
  id: {
    title: "Pembayaran",
    pay: "Yang dibayar",
    until: (at: string) => `Bayar sebelum ${at}`,
    fromWallet: (amount: string) => `termasuk ${amount} dari dompet Anda`,
    waiting: "Begitu uangnya masuk, halaman ini lanjut dengan sendirinya.",
    failed: "Pembayaran ini tidak berhasil",
    failedText: "Tidak ada uang yang terpotong. Anda bisa membayar dengan cara lain.",
    order: "Lihat pesanan",
    wallet: "Kembali ke dompet",
  },
});

const route = getRouteApi("/pay/$paymentId");

/** How often an open payment is looked at: people wait before this page. */
const LOOK_EVERY_MS = 2_500;

/** Where a payment is made, waited for, and made another way; whoever has paid is led on to the order. */
export function PayPage() {
  useTitle(text.title);
  const { paymentId } = route.useParams();
  const [elsewhere] = useState(() => addressLeftIn(`/pay/${paymentId}`));
  const payment = useQuery({
    ...queryOf("GET /v1/payments/{paymentId}", { path: { paymentId } }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? LOOK_EVERY_MS : false),
    refetchOnWindowFocus: "always",
  });
  if (elsewhere !== undefined) {
    location.replace(elsewhere);
    return <div className="skeleton h-96" aria-busy />;
  }
  return (
    <Loaded query={payment} skeleton={<div className="skeleton mx-auto h-96 max-w-xl" aria-busy />}>
      {(found) => <Shown key={found.id} payment={found} />}
    </Loaded>
  );
}

function Shown({ payment }: { readonly payment: Payment }) {
  const { orderGroupId, purpose } = payment;
  if (isPaid(payment) && purpose === "top_up") return <Navigate to="/account/wallet" replace />;
  if (isPaid(payment) || payment.method === "cod") {
    return <Navigate to="/placed/$orderGroupId" params={{ orderGroupId }} replace />;
  }
  return (
    <section className="mx-auto max-w-xl">
      <h1 className="page-title">{text.title}</h1>
      {isOpen(payment) ? <Waiting payment={payment} /> : <Failed payment={payment} />}
    </section>
  );
}

function Waiting({ payment }: { readonly payment: Payment }) {
  const { amount, wallet, method, payBefore, action, purpose } = payment;
  return (
    <>
      <div className="panel flex flex-col items-center gap-4 text-center">
        <div>
          <p className="text-muted">
            {text.pay} · {methodName(method)}
          </p>
          <p className="text-3xl font-extrabold tracking-tight tabular-nums">{money(amount)}</p>
          {wallet.minor !== "0" && <p className="text-muted text-sm">{text.fromWallet(money(wallet))}</p>}
        </div>
        <Instructions action={action} />
        <div>
          <Countdown
            until={Date.parse(payBefore)}
            skew={0}
            className="text-2xl font-extrabold tabular-nums"
          />
          <p className="text-muted text-sm">{text.until(moment(payBefore))}</p>
        </div>
        <p className="text-muted text-sm" role="status">
          {text.waiting}
        </p>
      </div>
      {purpose === "order" && <OtherWay payment={payment} isOpen={false} />}
    </>
  );
}

function Failed({ payment }: { readonly payment: Payment }) {
  const { orderGroupId, purpose } = payment;
  if (purpose === "top_up") {
    return (
      <>
        <p className="notice mb-4" role="status">
          <strong>{text.failed}</strong>
        </p>
        <Link className="button button-primary" to="/account/wallet">
          {text.wallet}
        </Link>
      </>
    );
  }
  return (
    <>
      <div className="notice mb-4" role="status">
        <strong>{text.failed}</strong>
        <p>{text.failedText}</p>
      </div>
      <OtherWay payment={payment} isOpen />
      <Link className="button button-quiet mt-4" to="/placed/$orderGroupId" params={{ orderGroupId }}>
        {text.order}
      </Link>
    </>
  );
}
