import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { sayField, sayMeasures } from "./field-words.ts";
import { PRODUCT_READS } from "./product-states.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Changes",
    none: "Nothing was changed yet.",
    applied: "Done",
    pending: "Waits",
    approved: "Approved",
    rejected: "Turned down",
    superseded: "Overtaken",
    withdrawn: "Taken back",
    withdraw: "Take back",
    nothing: "nothing",
    by: (shop: string) => `proposed by ${shop}`,
  },
  id: {
    title: "Perubahan",
    none: "Belum ada perubahan.",
    applied: "Selesai",
    pending: "Menunggu",
    approved: "Disetujui",
    rejected: "Ditolak",
    superseded: "Tergantikan",
    withdrawn: "Ditarik",
    withdraw: "Tarik kembali",
    nothing: "kosong",
    by: (shop: string) => `diusulkan oleh ${shop}`,
  },
});
export type Change = Answer<"GET /v1/products/changes">["items"][number];
const tone: { readonly [S in Change["state"]]: Tone } = {
  applied: "plain",
  pending: "deal",
  approved: "good",
  rejected: "bad",
  superseded: "plain",
  withdrawn: "plain",
};

/** Who changed what, the latest first. */
export function ProductLog({ productId }: { readonly productId: string }) {
  const log = useQuery(queryOf("GET /v1/products/{productId}/changes", { path: { productId } }, useShop()));
  return (
    <section className="panel">
      <h2 className="mb-2 text-lg font-bold">{text.title}</h2>
      <Loaded query={log}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-muted">{text.none}</p>
          ) : (
            <ul className="divide-line divide-y">
              {items.map((change) => (
                <li key={change.number} className="py-3">
                  <ChangeRow change={change} isOwn={change.isMaker} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

/** A change as it was asked for, with what became of it. */
export function ChangeRow({ change, isOwn = true }: { readonly change: Change; readonly isOwn?: boolean }) {
  const { productId, number, state, reason } = change;
  const withdraw = useCommand("POST /v1/products/{productId}/changes/{number}/withdraw", {
    forget: PRODUCT_READS,
  });
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <Tag tone={tone[state]}>{text[state]}</Tag>
        <span className="text-muted flex-1 text-sm max-sm:order-last max-sm:basis-full">
          {moment(change.at)}
          {!isOwn && change.shopName !== null && ` · ${text.by(change.shopName)}`}
        </span>
        {isOwn && state === "pending" && (
          <button
            type="button"
            className="button button-quiet button-small"
            disabled={withdraw.isPending}
            onClick={() => withdraw.mutate({ path: { productId, number } })}
          >
            {text.withdraw}
          </button>
        )}
      </div>
      <ul className="mt-1.5 text-sm">
        {change.differences.map(({ path, before, after }) => (
          <li key={path} className="break-words">
            <strong>{sayField(path)}</strong>:{" "}
            <del className="text-muted">{sayMeasures(path, before) ?? sayValue(before)}</del> →{" "}
            {sayMeasures(path, after) ?? sayValue(after)}
          </li>
        ))}
      </ul>
      {reason !== null && <em className="mt-1 block text-sm">“{reason}”</em>}
      <Refusal error={withdraw.error} />
    </>
  );
}

const LONG = 120;
function sayValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return text.nothing;
  const said = typeof value === "string" ? value : JSON.stringify(value);
  return said.length > LONG ? `${said.slice(0, LONG)}…` : said;
}
