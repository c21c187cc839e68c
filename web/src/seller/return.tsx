import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { download } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { count, money, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { saveFile } from "../ui/save-file.ts";
import { Tag } from "../ui/tag.tsx";
import { ReturnActions } from "./return-actions.tsx";
import { type Return, returnKind, returnState, returnTone, sayReason } from "./return-states.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    back: "Returns",
    order: "To the order",
    before: (at: string) => `Answer until ${at}; silence agrees.`,
    goods: "What it is about",
    evidence: "Files",
    file: (at: string) => `File of ${at}`,
    sums: "Amounts",
    quoted: "Asked for",
    toBuyer: "To the buyer",
    fromSeller: "Of it from the shop",
    commissionBack: "Commission that you get back",
    sentBack: "Way back",
    replacement: "Replacement",
    graded: (good: string, damaged: string, missing: string) =>
      `${good} as new, ${damaged} damaged, ${missing} missing`,
    log: "What happened",
  },
  id: {
    back: "Pengembalian",
    order: "Lihat pesanan",
    before: (at: string) => `Jawab sebelum ${at}; bila diam dianggap setuju.`,
    goods: "Barang yang dimaksud",
    evidence: "Berkas",
    file: (at: string) => `Berkas ${at}`,
    sums: "Nominal",
    quoted: "Diminta",
    toBuyer: "Ke pembeli",
    fromSeller: "Di antaranya dari toko",
    commissionBack: "Komisi yang dikembalikan ke Anda",
    sentBack: "Pengiriman kembali",
    replacement: "Barang pengganti",
    graded: (good: string, damaged: string, missing: string) =>
      `${good} layak jual, ${damaged} rusak, ${missing} kurang`,
    log: "Riwayat",
  },
});
const route = getRouteApi("/shop/returns/$refundId");
const AS = { as: "seller" } as const;

/** One case: what the buyer wants, what he shows, and what the shop may answer. */
export function ReturnPage() {
  const { refundId } = route.useParams();
  const one = useQuery(queryOf("GET /v1/refunds/{refundId}", { path: { refundId }, query: AS }, useShop()));
  return (
    <>
      <nav className="crumbs">
        <Link to="/shop/returns">{text.back}</Link>
      </nav>
      <Loaded query={one} skeleton={<div className="skeleton h-96 w-full" />}>
        {(found) => <Whole one={found} />}
      </Loaded>
    </>
  );
}

function Whole({ one }: { readonly one: Return }) {
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="page-title mb-0!">
          {returnKind[one.kind]}: {sayReason(one.reason)}
        </h1>
        <Tag tone={returnTone[one.state]}>{returnState[one.state]}</Tag>
        <Link
          to="/shop/orders/$orderId"
          params={{ orderId: one.orderId }}
          className="text-brand text-sm font-semibold"
        >
          {text.order}
        </Link>
      </header>
      {one.state === "requested" && one.answerBefore && (
        <p className="notice mb-5">{text.before(moment(one.answerBefore))}</p>
      )}
      <div className="flex flex-col gap-5">
        <ReturnActions key={one.version} one={one} />
        <section className="panel">
          <h2 className="mb-2 text-lg font-bold">{text.goods}</h2>
          <ul className="divide-line divide-y">
            {one.lines.map((line) => (
              <li key={line.lineId} className="py-2.5">
                <strong>
                  {count(line.quantity)} × {line.title}
                </strong>
                <span className="text-muted block text-sm">{line.sku}</span>
                {line.resellable + line.damaged + line.missing > 0 && (
                  <span className="text-muted block text-sm">
                    {text.graded(count(line.resellable), count(line.damaged), count(line.missing))}
                  </span>
                )}
              </li>
            ))}
          </ul>
          <Ways one={one} />
        </section>
        {one.evidence.length > 0 && <Evidence one={one} />}
        <Sums one={one} />
        <Log refundId={one.id} />
      </div>
    </>
  );
}

const Ways = ({ one }: { readonly one: Return }) => (
  <>
    {one.back && (
      <p className="mt-2 text-sm">
        {text.sentBack}: {one.back.carrier} {one.back.trackingNumber}
      </p>
    )}
    {one.replacement && (
      <p className="mt-2 text-sm">
        {text.replacement}: {one.replacement.carrier} {one.replacement.trackingNumber}
      </p>
    )}
  </>
);

function Evidence({ one }: { readonly one: Return }) {
  const shop = useShop();
  const open = useMutation({
    mutationFn: (attachmentId: string) =>
      download(
        "GET /v1/refunds/{refundId}/evidence/{attachmentId}",
        { path: { refundId: one.id, attachmentId }, query: AS },
        shop,
      ),
    onSuccess: (bytes, attachmentId) => saveFile(bytes, `${attachmentId}.${bytes.type.split("/")[1]}`),
  });
  return (
    <section className="panel">
      <h2 className="mb-3 text-lg font-bold">{text.evidence}</h2>
      <div className="flex flex-wrap gap-2">
        {one.evidence.map(({ attachmentId, addedAt }) => (
          <button
            key={attachmentId}
            type="button"
            className="button button-quiet button-small"
            onClick={() => open.mutate(attachmentId)}
          >
            {text.file(moment(addedAt))}
          </button>
        ))}
      </div>
      <Refusal error={open.error} />
    </section>
  );
}

function Sums({ one }: { readonly one: Return }) {
  const { amounts, quoted } = one;
  return (
    <section className="panel">
      <h2 className="mb-2 text-lg font-bold">{text.sums}</h2>
      <dl className="facts max-w-md">
        <dt>{text.quoted}</dt>
        <dd>{money(quoted)}</dd>
        {amounts && (
          <>
            <dt>{text.toBuyer}</dt>
            <dd>{money(amounts.toBuyer)}</dd>
          </>
        )}
        {amounts?.fromSeller && (
          <>
            <dt>{text.fromSeller}</dt>
            <dd>{money(amounts.fromSeller)}</dd>
          </>
        )}
        {amounts?.commissionBack && (
          <>
            <dt>{text.commissionBack}</dt>
            <dd>{money(amounts.commissionBack)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

const moves = texts({
  en: {
    request: "The buyer asked for it",
    ask: "You asked",
    reply: "The buyer answered",
    offer: "You offered a part of the price",
    accept: "The buyer accepted",
    decline: "The buyer declined",
    approve: "Approved",
    grant: "Approved, money on its way",
    reject: "Refused",
    escalate: "The buyer went to the platform",
    contest: "You went to the platform",
    decide_refund: "The platform decided for a refund",
    decide_return: "The platform decided for a return",
    decide_reject: "The platform refused",
    send: "Sent back",
    receive_part: "Received in part",
    receive: "Received",
    resolve: "Closed",
    cancel: "Taken back",
  },
  id: {
    request: "Diminta pembeli",
    ask: "Anda bertanya",
    reply: "Dijawab pembeli",
    offer: "Anda menawarkan sebagian harga",
    accept: "Diterima pembeli",
    decline: "Ditolak pembeli",
    approve: "Disetujui",
    grant: "Disetujui, dana dikembalikan",
    reject: "Ditolak",
    escalate: "Pembeli membawa ke platform",
    contest: "Anda membawa ke platform",
    decide_refund: "Platform memutuskan pengembalian dana",
    decide_return: "Platform memutuskan pengembalian barang",
    decide_reject: "Platform menolak",
    send: "Dikirim kembali",
    receive_part: "Diterima sebagian",
    receive: "Diterima",
    resolve: "Selesai",
    cancel: "Dibatalkan",
  },
});
/** The platform's own steps in between say nothing to a shop. */
const isTold = (move: string): move is keyof typeof moves => move in moves;

function Log({ refundId }: { readonly refundId: string }) {
  const log = useQuery(
    queryOf("GET /v1/refunds/{refundId}/timeline", { path: { refundId }, query: AS }, useShop()),
  );
  return (
    <section className="panel">
      <h2 className="mb-3 text-lg font-bold">{text.log}</h2>
      <Loaded query={log} skeleton={<div className="skeleton h-24 w-full" />}>
        {({ items }) => (
          <ol className="flex flex-col gap-3">
            {items.map(({ seq, at, move, detail }) =>
              isTold(move) ? (
                <li key={seq}>
                  <strong>{moves[move]}</strong> <span className="text-muted text-sm">{moment(at)}</span>
                  {detail.text !== undefined && <p className="mt-0.5">“{detail.text}”</p>}
                </li>
              ) : null,
            )}
          </ol>
        )}
      </Loaded>
    </section>
  );
}
