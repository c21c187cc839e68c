import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { caseMoves } from "../account/returns/words.ts";
import { download } from "../api/client.ts";
import { useCommand } from "../api/command.ts";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { returnState, returnTone, sayReason } from "../seller/return-states.ts";
import { count, money, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { SelectField } from "../ui/field.tsx";
import { fieldOf } from "../ui/form.tsx";
import { saveFile } from "../ui/save-file.ts";
import { Tag } from "../ui/tag.tsx";
import { Decision } from "./decision.tsx";
import { Detail, History } from "./detail.tsx";
import { Facts } from "./facts.tsx";
import { saySide } from "./words.ts";

const text = texts({
  en: {
    back: "All cases",
    order: "Order",
    shop: "Shop",
    quoted: "Asked for",
    offer: "The shop's offer",
    stuck: "It cannot go on",
    lines: "Goods",
    evidence: "Evidence",
    noEvidence: "Neither side has shown anything.",
    decide: "Decide",
    outcome: "Outcome",
    refund: "The buyer gets the money back and keeps the goods",
    return: "The buyer sends the goods back and then gets the money",
    reject: "The shop is right",
    bearer: "Who bears it",
    seller: "The shop",
    platform: "The platform",
  },
  id: {
    back: "Semua kasus",
    order: "Pesanan",
    shop: "Toko",
    quoted: "Diminta",
    offer: "Tawaran toko",
    stuck: "Tidak dapat berlanjut",
    lines: "Barang",
    evidence: "Bukti",
    noEvidence: "Belum ada bukti dari kedua pihak.",
    decide: "Putuskan",
    outcome: "Keputusan",
    refund: "Uang pembeli kembali, barang tetap padanya",
    return: "Barang dikirim kembali, lalu uang dikembalikan",
    reject: "Toko yang benar",
    bearer: "Penanggung",
    seller: "Toko",
    platform: "Platform",
  },
});

type Case = Schemas["Refund"];
type Outcome = Schemas["RefundDecide"]["outcome"];
const as = "operator" as const;
const OUTCOMES: readonly Outcome[] = ["refund", "return", "reject"];

const route = getRouteApi("/operator/cases/$refundId");

/** A case with all that both sides have said and shown, for whoever decides it. */
export function CasePage() {
  const { refundId } = route.useParams();
  const about = { path: { refundId }, query: { as } };
  const query = useQuery(queryOf("GET /v1/refunds/{refundId}", about));
  const timeline = useQuery(queryOf("GET /v1/refunds/{refundId}/timeline", about));
  return (
    <Detail to="/operator/cases" back={text.back} query={query}>
      {(one) => (
        <>
          <About one={one} />
          <Shown one={one} />
          <History query={timeline} say={({ as: side, move }) => `${saySide(side)} ${caseMoves[move]}`}>
            {({ detail }) => typeof detail.text === "string" && <q className="w-full">{detail.text}</q>}
          </History>
        </>
      )}
    </Detail>
  );
}

const About = ({ one }: { readonly one: Case }) => (
  <section className="panel">
    <header className="mb-4 flex flex-wrap items-center gap-3">
      <h1 className="text-xl font-extrabold tracking-tight">{sayReason(one.reason)}</h1>
      <Tag tone={returnTone[one.state]}>{returnState[one.state]}</Tag>
    </header>
    <Facts
      of={[
        [
          text.order,
          <Link
            key="order"
            to="/operator/orders/$orderId"
            params={{ orderId: one.orderId }}
            className="text-brand font-semibold"
          >
            {one.orderId}
          </Link>,
        ],
        [text.shop, one.sellerId],
        [text.quoted, money(one.quoted)],
        [text.offer, one.offer && money(one.offer)],
        [text.stuck, one.stuckNote],
      ]}
    />
    <h2 className="mt-5 mb-2 font-bold">{text.lines}</h2>
    <ul className="text-sm">
      {one.lines.map((line) => (
        <li key={line.lineId}>{`${count(line.quantity)} × ${line.title}`}</li>
      ))}
    </ul>
    {one.state === "disputed" && <Decide refundId={one.id} version={one.version} />}
  </section>
);

function Decide({ refundId, version }: { readonly refundId: string; readonly version: number }) {
  const decide = useCommand("POST /v1/refunds/{refundId}/decide", {
    forget: ["GET /v1/refunds", "GET /v1/refunds/{refundId}", "GET /v1/refunds/{refundId}/timeline"],
  });
  return (
    <div className="mt-5">
      <Decision
        label={text.decide}
        tone="primary"
        command={decide}
        onDecide={(words, close, form) => {
          const outcome = fieldOf(form, "outcome") as Outcome;
          const bearer = fieldOf(form, "bearer") as "seller" | "platform";
          const body = { outcome, text: words, ...(outcome !== "reject" && { bearer }) };
          decide.mutate({ path: { refundId }, body, ifMatch: version }, { onSuccess: close });
        }}
      >
        <SelectField label={text.outcome} name="outcome">
          {OUTCOMES.map((outcome) => (
            <option key={outcome} value={outcome}>
              {text[outcome]}
            </option>
          ))}
        </SelectField>
        <SelectField label={text.bearer} name="bearer">
          <option value="seller">{text.seller}</option>
          <option value="platform">{text.platform}</option>
        </SelectField>
      </Decision>
    </div>
  );
}

function Shown({ one }: { readonly one: Case }) {
  const save = async (attachmentId: string) =>
    saveFile(
      await download("GET /v1/refunds/{refundId}/evidence/{attachmentId}", {
        path: { refundId: one.id, attachmentId },
        query: { as },
      }),
      attachmentId,
    );
  return (
    <section className="panel">
      <h2 className="mb-3 font-bold">{text.evidence}</h2>
      {one.evidence.length === 0 && <p className="text-muted text-sm">{text.noEvidence}</p>}
      <ul className="flex flex-wrap gap-2">
        {one.evidence.map(({ attachmentId, by, addedAt }) => (
          <li key={attachmentId}>
            <button
              type="button"
              className="button button-quiet button-small"
              onClick={() => void save(attachmentId)}
            >
              {`${saySide(by)} · ${moment(addedAt)}`}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
