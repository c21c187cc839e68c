import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { upload } from "../api/client.ts";
import { useCommand } from "../api/command.ts";
import { forgetReads, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { money, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { TextArea } from "../ui/field.tsx";
import { FileButton } from "../ui/file-button.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag } from "../ui/tag.tsx";
import { Decision } from "./decision.tsx";
import { Detail } from "./detail.tsx";
import { disputeText, disputeTone, sayProvider, sayReason } from "./dispute-states.ts";
import { Facts } from "./facts.tsx";

const text = texts({
  en: {
    back: "All chargebacks",
    provider: "Provider",
    reference: "Its reference",
    amount: "Amount",
    opened: "Opened",
    due: "Evidence due",
    orders: "Orders",
    evidence: "Evidence",
    none: "No paper was added yet: what shows that it was ordered, sent and delivered.",
    add: "Add a paper",
    words: "What the bank should know",
    submit: "Hand in, once and for good",
    won: "It was won",
    lost: "It was lost",
  },
  id: {
    back: "Semua tolak bayar",
    provider: "Penyedia",
    reference: "Referensinya",
    amount: "Jumlah",
    opened: "Dibuka",
    due: "Batas bukti",
    orders: "Pesanan",
    evidence: "Bukti",
    none: "Belum ada dokumen: yang menunjukkan barang dipesan, dikirim, dan diterima.",
    add: "Tambah dokumen",
    words: "Yang perlu diketahui bank",
    submit: "Serahkan, sekali untuk selamanya",
    won: "Dimenangkan",
    lost: "Kalah",
  },
});

type Dispute = Schemas["Dispute"];
const READS = ["GET /v1/payments/disputes", "GET /v1/payments/disputes/{disputeId}"] as const;

const route = getRouteApi("/operator/disputes/$disputeId");

export function DisputePage() {
  const { disputeId } = route.useParams();
  const query = useQuery(queryOf("GET /v1/payments/disputes/{disputeId}", { path: { disputeId } }));
  return (
    <Detail to="/operator/disputes" back={text.back} query={query}>
      {(one) => (
        <>
          <About one={one} />
          <Papers one={one} />
        </>
      )}
    </Detail>
  );
}

const About = ({ one }: { readonly one: Dispute }) => (
  <section className="panel">
    <header className="mb-4 flex flex-wrap items-center gap-3">
      <h1 className="text-xl font-extrabold tracking-tight">{sayReason(one.reason)}</h1>
      <Tag tone={disputeTone[one.state]}>{disputeText[one.state]}</Tag>
    </header>
    <Facts
      of={[
        [text.amount, money(one.amount)],
        [text.provider, sayProvider(one.provider)],
        [text.reference, one.ref],
        [text.opened, moment(one.openedAt)],
        [text.due, one.evidenceBy && moment(one.evidenceBy)],
        [text.orders, one.orderGroupId && <Orders key="orders" orderGroupId={one.orderGroupId} />],
      ]}
    />
    {one.state === "under_review" && (
      <div className="mt-5 flex gap-2">
        <Close one={one} outcome="won" />
        <Close one={one} outcome="lost" />
      </div>
    )}
  </section>
);

/** What the money was for: one purchase, an order of each shop. */
function Orders({ orderGroupId }: { readonly orderGroupId: string }) {
  const query = useQuery(queryOf("GET /v1/orders", { query: { as: "operator", orderGroupId } }));
  return (
    <ul>
      {query.data?.items.map(({ id }) => (
        <li key={id}>
          <Link to="/operator/orders/$orderId" params={{ orderId: id }} className="text-brand font-semibold">
            {id}
          </Link>
        </li>
      )) ?? <li className="min-h-[1lh]" />}
    </ul>
  );
}

function Close({ one, outcome }: { readonly one: Dispute; readonly outcome: "won" | "lost" }) {
  const close = useCommand("POST /v1/payments/disputes/{disputeId}/close", { forget: READS });
  return (
    <Decision
      label={text[outcome]}
      tone={outcome === "lost" ? "bad" : "quiet"}
      reason="none"
      command={close}
      onDecide={(_, done) =>
        close.mutate({ path: { disputeId: one.id }, body: { outcome } }, { onSuccess: done })
      }
    />
  );
}

function Papers({ one }: { readonly one: Dispute }) {
  const path = { disputeId: one.id };
  const submit = useCommand("POST /v1/payments/disputes/{disputeId}/submit", { forget: READS });
  const add = useMutation({
    mutationFn: (file: File) =>
      upload(
        "POST /v1/payments/disputes/{disputeId}/evidence",
        { path, query: { fileName: file.name } },
        file,
      ),
    onSuccess: () => forgetReads(READS),
  });
  return (
    <section className="panel flex flex-col gap-4">
      <h2 className="font-bold">{text.evidence}</h2>
      {one.evidence.length === 0 && <p className="text-muted text-sm">{text.none}</p>}
      <ul className="text-sm empty:hidden">
        {one.evidence.map(({ id, fileName, createdAt }) => (
          <li key={id}>{`${fileName} · ${moment(createdAt)}`}</li>
        ))}
      </ul>
      {one.state === "needs_response" && (
        <>
          <FileButton
            label={text.add}
            accept="image/*,application/pdf"
            disabled={add.isPending}
            onFiles={([file]) => file && add.mutate(file)}
          />
          <Refusal error={add.error} />
          <Form
            submit={text.submit}
            command={submit}
            onSend={(form) => submit.mutate({ path, body: { words: fieldOf(form, "words") } })}
          >
            <TextArea label={text.words} name="words" required maxLength={2_000} />
          </Form>
        </>
      )}
    </section>
  );
}
