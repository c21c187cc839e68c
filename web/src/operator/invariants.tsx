import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { Tag } from "../ui/tag.tsx";

const text = texts({
  en: {
    oversold_units: "Units sold beyond stock",
    reservation_drift_units: "Stock and its reservations differ by",
    outbox_oldest_seconds: "Oldest event not yet taken, in seconds",
    outbox_open_events: "Events not yet taken",
    due_oldest_seconds: "Most overdue work, in seconds",
    due_dead_jobs: "Jobs given up",
    dead_letters: "Messages given up",
    ledger: "Debit and credit of the ledger",
    same: "equal",
    differ: "differ",
    holds: "Holds",
    look: "Look at it",
    unread: "Not read",
  },
  id: {
    oversold_units: "Unit terjual melebihi stok",
    reservation_drift_units: "Selisih stok dan reservasinya",
    outbox_oldest_seconds: "Kejadian tertua yang belum diambil, dalam detik",
    outbox_open_events: "Kejadian yang belum diambil",
    due_oldest_seconds: "Pekerjaan paling terlambat, dalam detik",
    due_dead_jobs: "Tugas yang menyerah",
    dead_letters: "Pesan yang menyerah",
    ledger: "Debit dan kredit buku besar",
    same: "sama",
    differ: "berbeda",
    holds: "Benar",
    look: "Perlu dilihat",
    unread: "Tidak terbaca",
  },
});

const LOOK_AGAIN_MS = 30_000;
type Invariant = Answer<"GET /v1/metrics/summary">["invariants"][number];

/** Each with its number; whether it holds is never said by colour alone. */
export function Invariants({ of }: { readonly of: readonly Invariant[] }) {
  const books = useQuery({
    ...queryOf("GET /v1/ledger/trial-balance", { query: {} }),
    refetchInterval: LOOK_AGAIN_MS,
  });
  const balanced = books.data && books.data.debit.minor === books.data.credit.minor;
  return (
    <dl className="grid grid-cols-2 gap-3 xl:grid-cols-4">
      {of.map(({ name, value, holds }) => (
        <One
          key={name}
          name={text[name]}
          value={value === null ? "–" : count(Math.round(value))}
          holds={holds}
        />
      ))}
      {balanced !== undefined && (
        <One name={text.ledger} value={balanced ? text.same : text.differ} holds={balanced} />
      )}
    </dl>
  );
}

type OneProps = { readonly name: string; readonly value: string; readonly holds: boolean | null };

const One = ({ name, value, holds }: OneProps) => (
  <div className="panel flex flex-col justify-between gap-2">
    <dt className="text-muted text-sm">{name}</dt>
    <dd className="flex flex-wrap items-center justify-between gap-2">
      <strong className="text-2xl tabular-nums">{value}</strong>
      <Tag tone={holds === null ? "plain" : holds ? "good" : "bad"}>
        {holds === null ? text.unread : holds ? text.holds : text.look}
      </Tag>
    </dd>
  </div>
);
