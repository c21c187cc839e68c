import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { pagesOf, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { count, money, texts } from "../shell/text.ts";
import { day, moment } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Loaded, Paged } from "../ui/loaded.tsx";
import { TableFrame } from "../ui/table-frame.tsx";
import { sayAccount } from "./words.ts";

const text = texts({
  en: {
    title: "Ledger",
    balanced: "Debit and credit are the same, to the minor unit.",
    apart: "Debit and credit differ. Nothing may be paid out until it is known why.",
    chained: "Every closed day carries the hash of the one before it.",
    broken: "The chain of closed days is broken.",
    at: (when: string) => `Derived from the log alone at ${when}`,
    account: "Kind of account",
    accounts: "Accounts",
    debit: "Debit",
    credit: "Credit",
    total: "Total",
    days: "Closed days",
    day: "Day",
    transfers: "Transfers",
    moved: "Moved",
    hash: "Hash",
    none: "No day was closed yet",
  },
  id: {
    title: "Buku besar",
    balanced: "Debit dan kredit sama, sampai satuan terkecil.",
    apart: "Debit dan kredit berbeda. Jangan ada pencairan sampai sebabnya diketahui.",
    chained: "Setiap hari tertutup membawa hash hari sebelumnya.",
    broken: "Rantai hari tertutup terputus.",
    at: (when: string) => `Diturunkan dari log saja pada ${when}`,
    account: "Jenis akun",
    accounts: "Akun",
    debit: "Debit",
    credit: "Kredit",
    total: "Total",
    days: "Hari tertutup",
    day: "Hari",
    transfers: "Transfer",
    moved: "Dipindahkan",
    hash: "Hash",
    none: "Belum ada hari yang ditutup",
  },
});

/** Whether the books hold, and the proof day by day. */
export function LedgerPage() {
  const balance = useQuery(queryOf("GET /v1/ledger/trial-balance", { query: {} }));
  const days = useInfiniteQuery(pagesOf("GET /v1/ledger/days", { query: {} }));
  const closed = days.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Loaded query={balance}>
        {(trial) => (
          <div className="mb-8 flex flex-col gap-4">
            <Proof holds={trial.debit.minor === trial.credit.minor} said={[text.balanced, text.apart]} />
            {closed.length > 1 && <Proof holds={isChained(closed)} said={[text.chained, text.broken]} />}
            <p className="text-muted text-sm">{text.at(moment(trial.at))}</p>
            <Balance trial={trial} />
          </div>
        )}
      </Loaded>
      <h2 className="section-title">{text.days}</h2>
      <Paged
        query={days}
        keyOf={(one) => one.day}
        className="panel divide-line divide-y py-1"
        empty={<Empty title={text.none} />}
      >
        {(one) => (
          <p className="flex flex-wrap items-baseline justify-between gap-x-4 py-2 text-sm">
            <strong>{day(one.day)}</strong>
            <span>{`${count(Number(one.transfers))} ${text.transfers} · ${money(one.moved)}`}</span>
            <code className="text-muted w-full truncate text-xs">{one.hash}</code>
          </p>
        )}
      </Paged>
    </>
  );
}

/** Newest first: each names the hash of the next one of the list. */
const isChained = (days: readonly Schemas["Day"][]): boolean =>
  days.every((one, at) => {
    const before = days[at + 1];
    return before === undefined || one.previousHash === before.hash;
  });

type ProofProps = { readonly holds: boolean; readonly said: readonly [yes: string, no: string] };

const Proof = ({ holds, said: [yes, no] }: ProofProps) => {
  const Icon = holds ? CircleCheck : CircleX;
  return (
    <p className={`panel flex items-center gap-3 font-semibold ${holds ? "text-good" : "text-bad"}`}>
      <Icon size={22} aria-hidden />
      {holds ? yes : no}
    </p>
  );
};

const Balance = ({ trial }: { readonly trial: Schemas["TrialBalance"] }) => (
  <TableFrame label={text.account}>
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{text.account}</th>
          <th scope="col" className="number">
            {text.accounts}
          </th>
          <th scope="col" className="number">
            {text.debit}
          </th>
          <th scope="col" className="number">
            {text.credit}
          </th>
        </tr>
      </thead>
      <tbody>
        {trial.kinds.map(({ kind, side, accounts, balance }) => (
          <tr key={kind}>
            <th scope="row">{sayAccount(kind)}</th>
            <td className="number">{count(accounts)}</td>
            <td className="number">{side === "debit" && money(balance)}</td>
            <td className="number">{side === "credit" && money(balance)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="font-bold">
          <th scope="row">{text.total}</th>
          <td />
          <td className="number">{money(trial.debit)}</td>
          <td className="number">{money(trial.credit)}</td>
        </tr>
      </tfoot>
    </table>
  </TableFrame>
);
