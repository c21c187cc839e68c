import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { download } from "../../api/client.ts";
import { pagesOf, queryOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { money, texts } from "../../shell/text.ts";
import { day, moment } from "../../shell/when.ts";
import { DocumentButton } from "../../ui/document-button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Loaded, Paged, Rows } from "../../ui/loaded.tsx";
import { Tag } from "../../ui/tag.tsx";
import { isNothing, wordOf } from "../orders/words.ts";
import { BankDialog } from "./bank.tsx";
import { PinDialog } from "./pin.tsx";
import { SendDialog } from "./send.tsx";
import { TopUpDialog } from "./top-up.tsx";
import { Withdrawals, WithdrawDialog } from "./withdraw.tsx";
import { kindWords } from "./words.ts";

const text = texts({
  en: {
    title: "Wallet",
    cash: "Cash",
    held: "Reserved",
    heldHint: "for purchases that are not settled yet",
    bonus: "Bonus",
    ends: (amount: string, at: string) => `${amount} until ${at}`,
    verified: "Verified",
    frozen: "This wallet is frozen. Please contact us.",
    owed: (amount: string) =>
      `${amount} of cashback is taken back from the next bonus, as its goods went back.`,
    topUp: "Top up",
    send: "Send",
    withdraw: "Withdraw",
    pin: "Set a PIN",
    changePin: "Change the PIN",
    pinHint: "Sending and withdrawing ask for a PIN. Set one first.",
    bank: "Bank account",
    entries: "Activity",
    none: "No activity yet",
    noneText: "Refunds, cashback and what you pay from the wallet are listed here.",
    balance: (amount: string) => `Balance ${amount}`,
    order: "Order",
    month: "Last 30 days (CSV)",
    year: "Last year (CSV)",
  },
  id: {
    title: "Dompet",
    cash: "Saldo",
    held: "Ditahan",
    heldHint: "untuk pembelian yang belum selesai",
    bonus: "Bonus",
    ends: (amount: string, at: string) => `${amount} sampai ${at}`,
    verified: "Terverifikasi",
    frozen: "Dompet ini dibekukan. Silakan hubungi kami.",
    owed: (amount: string) =>
      `Cashback ${amount} dipotong dari bonus berikutnya karena barangnya dikembalikan.`,
    topUp: "Isi saldo",
    send: "Kirim",
    withdraw: "Tarik",
    pin: "Buat PIN",
    changePin: "Ubah PIN",
    pinHint: "Mengirim dan menarik uang memerlukan PIN. Buat PIN dahulu.",
    bank: "Rekening bank",
    entries: "Mutasi",
    none: "Belum ada mutasi",
    noneText: "Pengembalian dana, cashback, dan pembayaran dari dompet tercantum di sini.",
    balance: (amount: string) => `Saldo ${amount}`,
    order: "Pesanan",
    month: "30 hari terakhir (CSV)",
    year: "Setahun terakhir (CSV)",
  },
});

type Wallet = Schemas["Wallet"];

export function WalletPage() {
  const found = useQuery(queryOf("GET /v1/wallet", {}));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Loaded query={found} skeleton={<Rows count={2} />}>
        {(wallet) => (
          <>
            <Balances wallet={wallet} />
            <Doing wallet={wallet} />
          </>
        )}
      </Loaded>
      <Entries />
      <Withdrawals />
    </>
  );
}

function Balances({ wallet }: { readonly wallet: Wallet }) {
  const { available, held, bonus, owed, lots, tier, isFrozen } = wallet;
  return (
    <section className="flex flex-col gap-3">
      {isFrozen && <p className="notice notice-bad">{text.frozen}</p>}
      {!isNothing(owed) && <p className="notice">{text.owed(money(owed))}</p>}
      <div className="grid gap-3 sm:grid-cols-3">
        <div className="panel">
          <h2 className="text-muted flex items-center gap-2 text-sm font-semibold">
            {text.cash} {tier === "verified" && <Tag tone="good">{text.verified}</Tag>}
          </h2>
          <p className="mt-1 text-2xl font-extrabold tabular-nums">{money(available)}</p>
        </div>
        <div className="panel">
          <h2 className="text-muted text-sm font-semibold">{text.held}</h2>
          <p className="mt-1 text-2xl font-extrabold tabular-nums">{money(held)}</p>
          <p className="text-muted text-xs">{text.heldHint}</p>
        </div>
        <div className="panel">
          <h2 className="text-muted text-sm font-semibold">{text.bonus}</h2>
          <p className="mt-1 text-2xl font-extrabold tabular-nums">{money(bonus)}</p>
          <ul className="text-muted text-xs">
            {lots.map(({ amount, expiresAt }) => (
              <li key={expiresAt}>{text.ends(money(amount), day(expiresAt))}</li>
            ))}
          </ul>
        </div>
      </div>
    </section>
  );
}

type Asked = "top_up" | "send" | "withdraw" | "pin" | "bank";

function Doing({ wallet: { hasPin, isFrozen } }: { readonly wallet: Wallet }) {
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  const mayMove = hasPin && !isFrozen;
  return (
    <section className="mt-4">
      <div className="flex flex-wrap gap-2">
        {!isFrozen && (
          <button type="button" className="button button-primary" onClick={() => setAsked("top_up")}>
            {text.topUp}
          </button>
        )}
        {mayMove && (
          <>
            <button type="button" className="button button-quiet" onClick={() => setAsked("send")}>
              {text.send}
            </button>
            <button type="button" className="button button-quiet" onClick={() => setAsked("withdraw")}>
              {text.withdraw}
            </button>
          </>
        )}
        <button type="button" className="button button-quiet" onClick={() => setAsked("pin")}>
          {hasPin ? text.changePin : text.pin}
        </button>
        <button type="button" className="button button-quiet" onClick={() => setAsked("bank")}>
          {text.bank}
        </button>
      </div>
      {!hasPin && <p className="text-muted mt-2 text-sm">{text.pinHint}</p>}
      {asked === "top_up" && <TopUpDialog onClose={close} />}
      {asked === "send" && <SendDialog onClose={close} />}
      {asked === "withdraw" && <WithdrawDialog onClose={close} />}
      {asked === "pin" && <PinDialog onClose={close} />}
      {asked === "bank" && <BankDialog onClose={close} />}
    </section>
  );
}

const PAGE = 20;
const DAY_MS = 86_400_000;

function statementOf(days: number): Promise<Blob> {
  const now = Date.now();
  const from = new Date(now - days * DAY_MS).toISOString();
  return download("GET /v1/wallet/statement", { query: { from, to: new Date(now).toISOString() } });
}

function Entries() {
  const found = useInfiniteQuery(pagesOf("GET /v1/wallet/entries", { query: { limit: PAGE } }));
  return (
    <section>
      <div className="mt-8 mb-4 flex flex-wrap items-center gap-2">
        <h2 className="mr-auto text-xl font-bold tracking-tight max-sm:w-full">{text.entries}</h2>
        <DocumentButton fileName="statement.csv" load={() => statementOf(30)}>
          {text.month}
        </DocumentButton>
        <DocumentButton fileName="statement.csv" load={() => statementOf(365)}>
          {text.year}
        </DocumentButton>
      </div>
      <Paged
        query={found}
        keyOf={({ transferId, account }) => `${transferId}${account}`}
        className="panel divide-line divide-y py-1"
        empty={<Empty title={text.none} text={text.noneText} />}
      >
        {(entry) => <Entry entry={entry} />}
      </Paged>
    </section>
  );
}

function Entry({ entry }: { readonly entry: Schemas["WalletMovement"] }) {
  const { kind, account, amount, balanceAfter, orderId, memo, at } = entry;
  const isIn = !amount.minor.startsWith("-");
  return (
    <div className="flex items-start justify-between gap-3 py-3">
      <div className="min-w-0 text-sm">
        <p className="font-semibold">
          {wordOf(kindWords, kind)} {account === "bonus" && <Tag tone="deal">{text.bonus}</Tag>}
        </p>
        {memo && <p className="text-muted truncate">{memo}</p>}
        <p className="text-muted">
          <time dateTime={at}>{moment(at)}</time>
          {orderId && (
            <>
              {" · "}
              <Link className="text-brand" to="/account/orders/$orderId" params={{ orderId }}>
                {text.order}
              </Link>
            </>
          )}
        </p>
      </div>
      <div className="text-right">
        <p className={`font-bold tabular-nums ${isIn ? "text-good" : ""}`}>
          {isIn ? "+" : ""}
          {money(amount)}
        </p>
        {balanceAfter && (
          <p className="text-muted text-xs tabular-nums">{text.balance(money(balanceAfter))}</p>
        )}
      </div>
    </div>
  );
}
