import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { ApiError } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { count, money, texts } from "../shell/text.ts";
import { Empty } from "../ui/empty.tsx";
import { Tag } from "../ui/tag.tsx";

const text = texts({
  en: {
    title: "Console",
    waiting: "What waits for a decision",
    sellers: "Shops to review",
    products: "New products",
    changes: "Product changes",
    cases: "Disputed returns",
    disputes: "Chargebacks to answer",
    refunds: "Refunds to send by hand",
    reviews: "Reviews to look at",
    dead: "Messages and jobs given up",
    nobodys: "This part is for operators",
    nobodysText: "Your account does not open the console. Its administrator can let you in.",
    home: "Back to the start",
    notYours: "Not yours to see",
    holds: "What must hold",
    engines: "Engines",
    ledger: "Ledger",
    balanced: "Balanced",
    apart: "Debit and credit differ",
    up: "up",
    down: "down",
    gmv: "Sold in all",
  },
  id: {
    title: "Konsol",
    waiting: "Yang menunggu keputusan",
    sellers: "Toko untuk ditinjau",
    products: "Produk baru",
    changes: "Perubahan produk",
    cases: "Retur yang disengketakan",
    disputes: "Tolak bayar untuk dijawab",
    refunds: "Pengembalian manual",
    reviews: "Ulasan untuk diperiksa",
    dead: "Pesan dan tugas yang menyerah",
    nobodys: "Bagian ini untuk operator",
    nobodysText: "Akun Anda tidak membuka konsol. Administrator dapat memberi Anda akses.",
    home: "Kembali ke beranda",
    notYours: "Bukan wewenang Anda",
    holds: "Yang harus selalu benar",
    engines: "Mesin",
    ledger: "Buku besar",
    balanced: "Seimbang",
    apart: "Debit dan kredit berbeda",
    up: "hidup",
    down: "mati",
    gmv: "Total terjual",
  },
});

/** As many as one look counts. */
const LOOK = 20;
const limit = LOOK;
const LOOK_AGAIN_MS = 30_000;

type Listed = { readonly items: readonly unknown[]; readonly nextCursor: string | null };
type To = NonNullable<LinkProps["to"]>;

/** What waits and what must hold, at a glance. */
export function OverviewPage() {
  const tiles = useTiles();
  // Whoever may see nothing of it is no operator, and is shown the way out instead of eight locked doors.
  if (tiles.every(({ query }) => isForbidden(query))) return <Nobodys />;
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <section aria-label={text.waiting} className="grid grid-cols-2 gap-3 xl:grid-cols-4">
        {tiles.map((tile) => (
          <Tile key={tile.to} {...tile} />
        ))}
      </section>
      <h2 className="section-title">{text.holds}</h2>
      <div className="grid gap-3 sm:grid-cols-2">
        <Engines />
        <Books />
      </div>
    </>
  );
}

const Nobodys = () => (
  <>
    <h1 className="sr-only">{text.title}</h1>
    <Empty title={text.nobodys} text={text.nobodysText}>
      <Link to="/" className="button button-quiet">
        {text.home}
      </Link>
    </Empty>
  </>
);

const isForbidden = ({ error }: Pick<UseQueryResult<Listed>, "error">): boolean =>
  error instanceof ApiError && error.status === 403;

function useTiles(): readonly TileProps[] {
  const again = { refetchInterval: LOOK_AGAIN_MS };
  const sellers = useQuery({
    ...queryOf("GET /v1/sellers/review", { query: { state: "review", limit } }),
    ...again,
  });
  const products = useQuery({ ...queryOf("GET /v1/products/review", { query: { limit } }), ...again });
  const changes = useQuery({
    ...queryOf("GET /v1/products/review/changes", { query: { state: "pending", limit } }),
    ...again,
  });
  const cases = useQuery({
    ...queryOf("GET /v1/refunds", { query: { as: "operator", state: "disputed", limit } }),
    ...again,
  });
  const disputes = useQuery({
    ...queryOf("GET /v1/payments/disputes", { query: { state: "needs_response", limit } }),
    ...again,
  });
  const refunds = useQuery({
    ...queryOf("GET /v1/payments/refunds", { query: { state: "manual", limit } }),
    ...again,
  });
  const reviews = useQuery({ ...queryOf("GET /v1/reviews/queue", { query: { limit } }), ...again });
  const dead = useQuery({
    ...queryOf("GET /v1/dead-letters", {}),
    ...again,
    select: ({ letters, jobs }): Listed => ({ items: [...letters, ...jobs], nextCursor: null }),
  });
  return [
    { to: "/operator/sellers", label: text.sellers, query: sellers },
    { to: "/operator/products", label: text.products, query: products },
    { to: "/operator/changes", label: text.changes, query: changes },
    { to: "/operator/cases", label: text.cases, query: cases },
    { to: "/operator/disputes", label: text.disputes, query: disputes },
    { to: "/operator/refunds", label: text.refunds, query: refunds },
    { to: "/operator/reviews", label: text.reviews, query: reviews },
    { to: "/operator/queues", label: text.dead, query: dead },
  ];
}

type TileProps = { readonly to: To; readonly label: string; readonly query: UseQueryResult<Listed> };

function Tile({ to, label, query }: TileProps) {
  const { data } = query;
  const waiting = data ? `${count(data.items.length)}${data.nextCursor === null ? "" : "+"}` : "–";
  return (
    <Link to={to} className="panel hover:border-brand flex flex-col justify-between gap-1">
      <span className="text-muted text-sm">{label}</span>
      <strong className={`text-2xl tabular-nums ${data && data.items.length > 0 ? "text-brand" : ""}`}>
        {isForbidden(query) ? <span className="text-muted text-sm">{text.notYours}</span> : waiting}
      </strong>
    </Link>
  );
}

function Engines() {
  const { data } = useQuery({ ...queryOf("GET /readyz", {}), refetchInterval: LOOK_AGAIN_MS });
  const engines = Object.entries(data?.cells ?? {}).flatMap(([cell, states]) =>
    Object.entries(states).map(([name, state]) => ({ name: `${name} ${cell}`, state })),
  );
  return (
    <section className="panel">
      <h3 className="mb-3 font-bold">{text.engines}</h3>
      <ul className="flex min-h-7 flex-wrap gap-2">
        {engines.map(({ name, state }) => (
          <li key={name}>
            <Tag tone={state === "up" ? "good" : "bad"}>{`${name}: ${text[state]}`}</Tag>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Books() {
  const { data } = useQuery({
    ...queryOf("GET /v1/ledger/trial-balance", { query: {} }),
    refetchInterval: LOOK_AGAIN_MS,
  });
  const holds = data && data.debit.minor === data.credit.minor;
  return (
    <section className="panel">
      <h3 className="mb-3 font-bold">{text.ledger}</h3>
      <p className="flex min-h-7 flex-wrap items-center gap-3">
        {data && <Tag tone={holds ? "good" : "bad"}>{holds ? text.balanced : text.apart}</Tag>}
        {data && <span className="text-muted text-sm">{`${text.gmv}: ${money(data.gmv)}`}</span>}
      </p>
    </section>
  );
}
