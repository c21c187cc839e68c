import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { download } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import { count, money, texts } from "../../shell/text.ts";
import { moment } from "../../shell/when.ts";
import { DocumentButton } from "../../ui/document-button.tsx";
import { Loaded, Rows } from "../../ui/loaded.tsx";
import { Tag } from "../../ui/tag.tsx";
import { isNothing, shortId, wordOf } from "../orders/words.ts";
import { ShopLink } from "../shop-name.tsx";
import { Answers } from "./answers.tsx";
import { Evidence } from "./evidence.tsx";
import { Said } from "./said.tsx";
import { type Case, caseTones, caseWords, kindWords, reasonWords, tenderWords, timerWords } from "./words.ts";

const text = texts({
  en: {
    returns: "Returns",
    order: (id: string) => `Order ${id}`,
    with: "With",
    final: "This decision is final.",
    instant: "You are trusted: the money goes as soon as the goods are on their way.",
    keep: "You may keep the goods.",
    articles: "Articles",
    units: (n: string) => `${n} ×`,
    money: "Money",
    quoted: "Likely amount",
    offer: "The shop's offer",
    toBuyer: "Comes back to you",
    shipping: "of which shipping",
    withheld: "Withheld, because a discount is no longer earned",
    tender: "Goes",
    note: (number: string) => `Credit note ${number}`,
    shown: "What was shown",
    back: "On its way back",
    replacement: "Replacement",
    parcel: (carrier: string, number: string) => `${carrier} · ${number}`,
  },
  id: {
    returns: "Pengembalian",
    order: (id: string) => `Pesanan ${id}`,
    with: "Dengan",
    final: "Keputusan ini final.",
    instant: "Anda dipercaya: uang dikirim begitu barang dalam perjalanan kembali.",
    keep: "Barang boleh Anda simpan.",
    articles: "Barang",
    units: (n: string) => `${n} ×`,
    money: "Uang",
    quoted: "Perkiraan jumlah",
    offer: "Penawaran toko",
    toBuyer: "Kembali kepada Anda",
    shipping: "termasuk ongkos kirim",
    withheld: "Ditahan karena syarat diskon tidak lagi terpenuhi",
    tender: "Dikirim",
    note: (number: string) => `Nota kredit ${number}`,
    shown: "Bukti",
    back: "Dalam perjalanan kembali",
    replacement: "Pengganti",
    parcel: (carrier: string, number: string) => `${carrier} · ${number}`,
  },
});

const LOOK_EVERY_MS = 10_000;
const OVER: readonly Case["state"][] = ["resolved", "cancelled"];
const route = getRouteApi("/account/returns/$refundId");

export function ReturnPage() {
  const { refundId } = route.useParams();
  const found = useQuery({
    ...queryOf("GET /v1/refunds/{refundId}", { path: { refundId }, query: { as: "buyer" } }),
    refetchInterval: ({ state: { data } }) => (data && OVER.includes(data.state) ? false : LOOK_EVERY_MS),
  });
  return (
    <Loaded query={found} skeleton={<Rows count={4} />}>
      {(one) => (
        <article className="flex flex-col gap-5">
          <Head case={one} />
          <Answers key={`${one.id}${one.state}`} case={one} />
          <div className="grid items-start gap-5 xl:grid-cols-[1fr_20rem]">
            <Said refundId={one.id} version={one.version} />
            <div className="flex flex-col gap-5">
              <Goods case={one} />
              <Amounts case={one} />
            </div>
          </div>
        </article>
      )}
    </Loaded>
  );
}

/** Which rung's timer runs: goods that were sent wait for the shop and no longer for the buyer. */
function timerOf({ state, answerBefore, back, isFinal }: Case): string | undefined {
  if (!answerBefore || (state === "rejected" && isFinal)) return undefined;
  const rung = state === "approved" && back ? "sent" : state;
  const say = timerWords[rung as keyof typeof timerWords];
  return say?.(moment(answerBefore));
}

function Head({ case: one }: { readonly case: Case }) {
  const { kind, state, reason, orderId, sellerId, isFinal, isInstant, goodsBack } = one;
  const timer = timerOf(one);
  return (
    <header>
      <nav className="crumbs">
        <Link to="/account/returns">{text.returns}</Link>
        <Link to="/account/orders/$orderId" params={{ orderId }}>
          {text.order(shortId(orderId))}
        </Link>
      </nav>
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="text-2xl font-extrabold tracking-tight sm:text-3xl">{kindWords[kind]}</h1>
        <span role="status">
          <Tag tone={caseTones[state]}>{caseWords[state]}</Tag>
        </span>
      </div>
      <p className="text-muted mt-1 text-sm">
        {wordOf(reasonWords, reason)} · {text.with} <ShopLink sellerId={sellerId} />
      </p>
      <div className="mt-4 flex flex-col gap-2 empty:hidden">
        {timer && <p className="notice">{timer}</p>}
        {isFinal && <p className="notice">{text.final}</p>}
        {isInstant && state === "approved" && <p className="notice">{text.instant}</p>}
        {!goodsBack && (state === "settling" || state === "resolved") && kind === "return" && (
          <p className="notice">{text.keep}</p>
        )}
      </div>
    </header>
  );
}

function Goods({ case: one }: { readonly case: Case }) {
  const { id, lines, evidence, back, replacement } = one;
  return (
    <section className="panel text-sm">
      <h2 className="mb-2 text-base font-bold">{text.articles}</h2>
      <ul className="flex flex-col gap-1">
        {lines.map(({ lineId, title, quantity }) => (
          <li key={lineId}>
            <span className="text-muted tabular-nums">{text.units(count(quantity))}</span> {title}
          </li>
        ))}
      </ul>
      {back && (
        <p className="mt-3">
          <strong>{text.back}:</strong> {text.parcel(back.carrier, back.trackingNumber)}
        </p>
      )}
      {replacement && (
        <p className="mt-3">
          <strong>{text.replacement}:</strong> {text.parcel(replacement.carrier, replacement.trackingNumber)}
        </p>
      )}
      {evidence.length > 0 && (
        <>
          <h3 className="mt-4 mb-2 font-semibold">{text.shown}</h3>
          <Evidence refundId={id} evidence={evidence} />
        </>
      )}
    </section>
  );
}

function Amounts({ case: one }: { readonly case: Case }) {
  const { id: refundId, quoted, offer, amounts, tender, creditNote, resolution } = one;
  if (resolution === "replacement") return null;
  const rows = [
    offer && ([text.offer, money(offer)] as const),
    !amounts && ([text.quoted, money(quoted)] as const),
    amounts && ([text.toBuyer, money(amounts.toBuyer)] as const),
    amounts && !isNothing(amounts.shipping) && ([text.shipping, money(amounts.shipping)] as const),
    amounts && !isNothing(amounts.withheld) && ([text.withheld, money(amounts.withheld)] as const),
    [text.tender, tenderWords[tender]] as const,
  ];
  return (
    <section className="panel text-sm">
      <h2 className="mb-2 text-base font-bold">{text.money}</h2>
      <dl className="mb-3 flex flex-col gap-1.5">
        {rows.map(
          (row) =>
            row && (
              <div key={row[0]} className="flex justify-between gap-3">
                <dt className="text-muted">{row[0]}</dt>
                <dd className="text-right font-semibold tabular-nums">{row[1]}</dd>
              </div>
            ),
        )}
      </dl>
      {creditNote?.isReady && (
        <DocumentButton
          fileName={`${creditNote.number}.pdf`}
          load={() =>
            download("GET /v1/refunds/{refundId}/credit-note", { path: { refundId }, query: { as: "buyer" } })
          }
        >
          {text.note(creditNote.number)}
        </DocumentButton>
      )}
    </section>
  );
}
