import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { download } from "../api/client.ts";
import { useCommand } from "../api/command.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { paperKinds } from "../seller/paper-kinds.ts";
import { sellerState, sellerTone } from "../seller/states.ts";
import { said, texts } from "../shell/text.ts";
import { day, moment } from "../shell/when.ts";
import { Loaded, Paged } from "../ui/loaded.tsx";
import { saveFile } from "../ui/save-file.ts";
import { Tag } from "../ui/tag.tsx";
import { Decision } from "./decision.tsx";
import { Detail } from "./detail.tsx";
import { Facts } from "./facts.tsx";
import { Team } from "./team.tsx";
import { sayAction } from "./words.ts";

const text = texts({
  en: {
    back: "All sellers",
    page: "The shop's page",
    legal: "Legal name",
    email: "E-mail",
    phone: "Phone",
    city: "City",
    since: "Applied",
    reason: "Last reason",
    requirements: "Requirements",
    met: "Met",
    open: "Open",
    overridden: "Let pass",
    verify: "Verify",
    override: "Let pass",
    documents: "Papers",
    noDocuments: "No papers were handed in.",
    log: "Log",
    noRequirements: "Nothing is asked of it any more.",
    noLog: "Nothing has happened yet.",
    onboard: "Take on",
    approve: "Let trade",
    return: "Give back",
    reject: "Turn down",
    suspend: "Suspend",
    reinstate: "Reinstate",
    terminate: "Close for good",
  },
  id: {
    back: "Semua penjual",
    page: "Halaman toko",
    legal: "Nama resmi",
    email: "Email",
    phone: "Telepon",
    city: "Kota",
    since: "Mendaftar",
    reason: "Alasan terakhir",
    requirements: "Persyaratan",
    met: "Terpenuhi",
    open: "Belum",
    overridden: "Dikecualikan",
    verify: "Verifikasi",
    override: "Kecualikan",
    documents: "Dokumen",
    noDocuments: "Belum ada dokumen.",
    log: "Riwayat",
    noRequirements: "Tidak ada lagi yang diminta.",
    noLog: "Belum ada kejadian.",
    onboard: "Terima",
    approve: "Izinkan berjualan",
    return: "Kembalikan",
    reject: "Tolak",
    suspend: "Tangguhkan",
    reinstate: "Pulihkan",
    terminate: "Tutup permanen",
  },
});

type Seller = Schemas["Seller"];
type Move = "onboard" | "approve" | "return" | "reject" | "suspend" | "reinstate" | "terminate";

/** What may become of a shop in each state. */
const MOVES: { readonly [S in Seller["state"]]: readonly Move[] } = {
  applied: ["approve", "onboard", "reject"],
  onboarding: ["reject", "terminate"],
  review: ["approve", "return", "reject"],
  rejected: ["terminate"],
  active: ["suspend", "terminate"],
  vacation: ["suspend", "terminate"],
  suspended: ["reinstate", "terminate"],
  terminated: [],
};
const TONES: { readonly [M in Move]?: "primary" | "bad" } = {
  onboard: "primary",
  approve: "primary",
  reinstate: "primary",
  reject: "bad",
  suspend: "bad",
  terminate: "bad",
};

const route = getRouteApi("/operator/sellers/$sellerId");

export function SellerPage() {
  const { sellerId } = route.useParams();
  const query = useQuery(queryOf("GET /v1/sellers/{sellerId}/account", { path: { sellerId } }));
  return (
    <Detail to="/operator/sellers" back={text.back} query={query}>
      {(shop) => (
        <>
          <About shop={shop} />
          <Requirements sellerId={sellerId} />
          <Papers sellerId={sellerId} />
          <Team sellerId={sellerId} />
          <Log sellerId={sellerId} />
        </>
      )}
    </Detail>
  );
}

function About({ shop }: { readonly shop: Seller }) {
  return (
    <section className="panel">
      <header className="mb-4 flex flex-wrap items-center gap-3">
        <h1 className="text-2xl font-extrabold tracking-tight">{shop.name}</h1>
        <Tag tone={sellerTone[shop.state]}>{sellerState[shop.state]}</Tag>
        {shop.state === "active" && (
          <Link to="/shops/$slug" params={{ slug: shop.slug }} className="text-brand text-sm font-semibold">
            {text.page}
          </Link>
        )}
      </header>
      <Facts
        of={[
          [text.legal, shop.legalName],
          [text.email, shop.email],
          [text.phone, shop.phone],
          [text.city, shop.city],
          [text.since, day(shop.createdAt)],
          [text.reason, shop.reason],
        ]}
      />
      <div className="mt-5 flex flex-wrap gap-2">
        {MOVES[shop.state].map((move) => (
          <MoveButton key={move} move={move} shop={shop} />
        ))}
      </div>
    </section>
  );
}

const READS = [
  "GET /v1/sellers/review",
  "GET /v1/sellers/{sellerId}/account",
  "GET /v1/sellers/{sellerId}/log",
] as const;

function MoveButton({ move, shop }: { readonly move: Move; readonly shop: Seller }) {
  const command = useCommand(`POST /v1/sellers/{sellerId}/${move}`, { forget: READS });
  const isHard = move !== "approve" && move !== "onboard" && move !== "reinstate";
  return (
    <Decision
      label={text[move]}
      tone={TONES[move] ?? "quiet"}
      reason={isHard ? "needed" : "welcome"}
      command={command}
      onDecide={(reason, close) =>
        command.mutate(
          { path: { sellerId: shop.id }, body: reason === "" ? {} : { reason }, ifMatch: shop.version },
          { onSuccess: close },
        )
      }
    />
  );
}

function Requirements({ sellerId }: { readonly sellerId: string }) {
  const query = useQuery(queryOf("GET /v1/sellers/{sellerId}/requirements", { path: { sellerId } }));
  return (
    <section className="panel">
      <h2 className="mb-3 font-bold">{text.requirements}</h2>
      <Loaded query={query}>
        {({ items }) => (
          <ul className="divide-line divide-y">
            {items.length === 0 && <li className="text-muted text-sm">{text.noRequirements}</li>}
            {items.map((item) => (
              <li key={item.code} className="flex flex-wrap items-center justify-between gap-3 py-2.5">
                <span>
                  {said(item.names)}
                  {item.mark?.reason && <span className="text-muted block text-sm">{item.mark.reason}</span>}
                </span>
                <span className="flex items-center gap-2">
                  <Tag tone={item.state === "open" ? "bad" : "good"}>{text[item.state]}</Tag>
                  {item.state === "open" && (
                    <>
                      {item.kind === "verified" && (
                        <Mark kind="verify" sellerId={sellerId} code={item.code} />
                      )}
                      <Mark kind="override" sellerId={sellerId} code={item.code} />
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

type MarkProps = { readonly kind: "verify" | "override"; readonly sellerId: string; readonly code: string };

function Mark({ kind, sellerId, code }: MarkProps) {
  const command = useCommand(`POST /v1/sellers/{sellerId}/requirements/{code}/${kind}`, {
    forget: ["GET /v1/sellers/{sellerId}/requirements", "GET /v1/sellers/{sellerId}/log"],
  });
  return (
    <Decision
      label={text[kind]}
      command={command}
      onDecide={(reason, close) =>
        command.mutate({ path: { sellerId, code }, body: { reason } }, { onSuccess: close })
      }
    />
  );
}

function Papers({ sellerId }: { readonly sellerId: string }) {
  const query = useQuery(queryOf("GET /v1/sellers/{sellerId}/documents", { path: { sellerId } }));
  const save = async (documentId: string, name: string) =>
    saveFile(
      await download("GET /v1/sellers/{sellerId}/documents/{documentId}", { path: { sellerId, documentId } }),
      name,
    );
  return (
    <section className="panel">
      <h2 className="mb-3 font-bold">{text.documents}</h2>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-muted text-sm">{text.noDocuments}</p>
          ) : (
            <ul className="flex flex-col gap-2">
              {items.map(({ id, kind }) => (
                <li key={id}>
                  <button
                    type="button"
                    className="button button-quiet button-small"
                    onClick={() => void save(id, kind)}
                  >
                    {paperKinds[kind]}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function Log({ sellerId }: { readonly sellerId: string }) {
  const query = useInfiniteQuery(
    pagesOf("GET /v1/sellers/{sellerId}/log", { path: { sellerId }, query: {} }),
  );
  return (
    <section className="panel">
      <h2 className="mb-3 font-bold">{text.log}</h2>
      <Paged
        query={query}
        keyOf={({ at, action, subject }) => `${at}${action}${subject}`}
        className="divide-line divide-y text-sm"
        empty={<p className="text-muted text-sm">{text.noLog}</p>}
      >
        {({ at, action, subject, reason }) => (
          <p className="flex flex-wrap gap-x-4 py-2">
            <time className="text-muted" dateTime={at}>
              {moment(at)}
            </time>
            <span>
              {sayAction(action)} <span className="text-muted text-xs break-all">{subject}</span>
            </span>
            {reason !== null && <span className="text-muted">{reason}</span>}
          </p>
        )}
      </Paged>
    </section>
  );
}
