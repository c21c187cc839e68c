import { useInfiniteQuery } from "@tanstack/react-query";
import { useCommand } from "../api/command.ts";
import { pagesOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { sayField, sayMeasures } from "../seller/field-words.ts";
import { said, texts } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { TableFrame } from "../ui/table-frame.tsx";
import { Decision } from "./decision.tsx";

const text = texts({
  en: {
    title: "Product changes",
    none: "Nothing waits",
    noneText: "Every change that a shop asked for has been decided on.",
    field: "Field",
    before: "On sale now",
    after: "Wanted",
    approve: "Apply",
    reject: "Turn down",
    nothing: "nothing",
    maker: (shop: string) => `Asked by its own shop, ${shop}`,
    another: (shop: string) => `Proposed by ${shop}, which sells it too`,
  },
  id: {
    title: "Perubahan produk",
    none: "Tidak ada yang menunggu",
    noneText: "Semua perubahan yang diminta toko sudah diputuskan.",
    field: "Bagian",
    before: "Yang dijual kini",
    after: "Yang diminta",
    approve: "Terapkan",
    reject: "Tolak",
    nothing: "kosong",
    maker: (shop: string) => `Diminta toko pembuatnya, ${shop}`,
    another: (shop: string) => `Diusulkan ${shop}, yang ikut menjualnya`,
  },
});

type Change = Schemas["ProductChange"];
const READS = ["GET /v1/products/review/changes"] as const;

/** What shops ask to change of products on sale, beside what is there now. */
export function ChangesPage() {
  const query = useInfiniteQuery(pagesOf("GET /v1/products/review/changes", { query: { state: "pending" } }));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Paged
        query={query}
        keyOf={({ productId, number }) => `${productId}${number}`}
        empty={<Empty title={text.none} text={text.noneText} />}
      >
        {(change) => <Wanted change={change} />}
      </Paged>
    </>
  );
}

const shown = (value: unknown): string =>
  value === null || value === undefined || value === ""
    ? text.nothing
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

function Wanted({ change }: { readonly change: Change }) {
  const approve = useCommand("POST /v1/products/{productId}/changes/{number}/approve", { forget: READS });
  const reject = useCommand("POST /v1/products/{productId}/changes/{number}/reject", { forget: READS });
  const path = { productId: change.productId, number: change.number };
  const by = change.isMaker ? text.maker : text.another;
  return (
    <article className="panel flex flex-col gap-4">
      <header>
        <h2 className="font-bold">{said(change.titles)}</h2>
        <p className="text-muted text-sm">{`${change.productId} · ${fromNow(change.at)}`}</p>
        <p className="text-sm">{by(change.shopName ?? change.sellerId)}</p>
      </header>
      <TableFrame label={text.title}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{text.field}</th>
              <th scope="col">{text.before}</th>
              <th scope="col">{text.after}</th>
            </tr>
          </thead>
          <tbody>
            {change.differences.map(({ path: field, before, after }) => (
              <tr key={field}>
                <th scope="row" className="whitespace-normal!">
                  {sayField(field)}
                </th>
                <td className="text-muted break-words">{sayMeasures(field, before) ?? shown(before)}</td>
                <td className="break-words">
                  {field.startsWith("pictures.") ? (
                    <img src={`${after}?width=320`} alt="" className="max-h-40" />
                  ) : (
                    (sayMeasures(field, after) ?? shown(after))
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <Refusal error={approve.error} />
      <div className="flex gap-2">
        <button
          type="button"
          className="button button-primary button-small"
          disabled={approve.isPending}
          onClick={() => approve.mutate({ path })}
        >
          {text.approve}
        </button>
        <Decision
          label={text.reject}
          tone="bad"
          command={reject}
          onDecide={(reason, close) => reject.mutate({ path, body: { reason } }, { onSuccess: close })}
        />
      </div>
    </article>
  );
}
