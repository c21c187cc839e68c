import { useInfiniteQuery } from "@tanstack/react-query";
import { useCommand } from "../api/command.ts";
import { pagesOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { money, said, texts } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Decision } from "./decision.tsx";

const text = texts({
  en: {
    title: "New products",
    none: "Nothing waits",
    noneText: "Every product that a shop proposed has been decided on.",
    approve: "Let on sale",
    reject: "Turn down",
  },
  id: {
    title: "Produk baru",
    none: "Tidak ada yang menunggu",
    noneText: "Semua produk yang diajukan toko sudah diputuskan.",
    approve: "Izinkan dijual",
    reject: "Tolak",
  },
});

type Row = Schemas["ProductRow"];
const READS = ["GET /v1/products/review"] as const;

/** Products that shops have proposed. */
export function ProductsPage() {
  const query = useInfiniteQuery(pagesOf("GET /v1/products/review", { query: {} }));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Paged query={query} keyOf={({ id }) => id} empty={<Empty title={text.none} text={text.noneText} />}>
        {(row) => <Proposal row={row} />}
      </Paged>
    </>
  );
}

function Proposal({ row }: { readonly row: Row }) {
  const approve = useCommand("POST /v1/products/{productId}/approve", { forget: READS });
  const reject = useCommand("POST /v1/products/{productId}/reject", { forget: READS });
  const path = { productId: row.id };
  return (
    <article className="panel flex flex-wrap items-center gap-4">
      <span className="bg-sunken size-16 shrink-0 overflow-hidden rounded-control">
        {row.imageUrl !== null && <img src={row.imageUrl} alt="" width={64} height={64} loading="lazy" />}
      </span>
      <div className="min-w-0 flex-1 basis-48">
        <h2 className="font-semibold">{said(row.titles)}</h2>
        <p className="text-muted text-sm">
          {[row.priceFrom && money(row.priceFrom), fromNow(row.createdAt)].filter(Boolean).join(" · ")}
        </p>
      </div>
      <div className="flex gap-2">
        <button
          type="button"
          className="button button-primary button-small"
          disabled={approve.isPending}
          onClick={() => approve.mutate({ path, ifMatch: row.version })}
        >
          {text.approve}
        </button>
        <Decision
          label={text.reject}
          tone="bad"
          command={reject}
          onDecide={(reason, close) =>
            reject.mutate({ path, body: { reason }, ifMatch: row.version }, { onSuccess: close })
          }
        />
      </div>
      <Refusal error={approve.error} />
    </article>
  );
}
