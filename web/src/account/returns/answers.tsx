import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, call } from "../../api/client.ts";
import { useIntents } from "../../api/intent.ts";
import { queryClient } from "../../api/queries.ts";
import { money, texts } from "../../shell/text.ts";
import { SelectField, TextArea, TextField } from "../../ui/field.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import type { SentFile } from "../files-field.tsx";
import { EvidenceField } from "./evidence.tsx";
import { type Case, tenderWords } from "./words.ts";

const text = texts({
  en: {
    reply: "Your answer",
    send: "Send the answer",
    offer: (amount: string) => `The shop offers ${amount}, and you keep the goods.`,
    accept: (amount: string) => `Take ${amount}`,
    decline: "Decline",
    escalate: "Take it to us",
    escalateText: "We look at both sides and have the last word.",
    words: "What should we know?",
    sendTitle: "Send the goods back",
    sendHint: "Hand the parcel to a carrier of your choice and tell us which.",
    carrier: "Carrier",
    number: "Tracking number",
    sent: "I have sent it",
    cancel: "Take the request back",
    tender: "Where should the money go?",
  },
  id: {
    reply: "Jawaban Anda",
    send: "Kirim jawaban",
    offer: (amount: string) => `Toko menawarkan ${amount}, dan barang tetap milik Anda.`,
    accept: (amount: string) => `Terima ${amount}`,
    decline: "Tolak",
    escalate: "Bawa kepada kami",
    escalateText: "Kami melihat kedua sisi dan memberi keputusan terakhir.",
    words: "Apa yang perlu kami ketahui?",
    sendTitle: "Kirim barang kembali",
    sendHint: "Serahkan paket ke kurir pilihan Anda dan beri tahu kami kurirnya.",
    carrier: "Kurir",
    number: "Nomor resi",
    sent: "Sudah saya kirim",
    cancel: "Batalkan pengajuan",
    tender: "Ke mana uang dikembalikan?",
  },
});

type Said = { readonly text: string; readonly evidence: readonly string[] };
type Parcel = { readonly carrier: string; readonly trackingNumber: string };
type Command =
  | { readonly move: "reply" | "decline" | "escalate"; readonly body: Said }
  | { readonly move: "send"; readonly body: Parcel }
  | { readonly move: "accept" | "cancel" };

/** One command of the buyer to a case; the same one twice is once. */
function useMove({ id: refundId }: Case) {
  const once = useIntents();
  const path = { refundId };
  return useMutation({
    mutationFn: (command: Command) =>
      once(command, (key): Promise<Answer<"POST /v1/refunds/{refundId}/accept">> => {
        if (!("body" in command)) {
          return call(`POST /v1/refunds/{refundId}/${command.move}`, { path }, { key });
        }
        if (command.move === "send") {
          return call("POST /v1/refunds/{refundId}/send", { path, body: command.body }, { key });
        }
        return call(`POST /v1/refunds/{refundId}/${command.move}`, { path, body: command.body }, { key });
      }),
    onSuccess: told,
  });
}
type Move = ReturnType<typeof useMove>;

async function told(one: Case): Promise<void> {
  queryClient.setQueriesData<Case>(
    { queryKey: ["GET /v1/refunds/{refundId}"] },
    (kept) => kept && (kept.id === one.id ? one : kept),
  );
  await queryClient.invalidateQueries({ queryKey: ["GET /v1/refunds"] });
}

const CANCELLABLE: readonly Case["state"][] = ["requested", "asked", "offered", "approved", "disputed"];
const CHOOSABLE: readonly Case["state"][] = [
  "requested",
  "asked",
  "offered",
  "approved",
  "received",
  "disputed",
];

/** What the buyer may do now, the expected thing first. */
export function Answers({ case: one }: { readonly case: Case }) {
  const move = useMove(one);
  const { state, offer, back, isFinal, kind, goodsBack, orderId } = one;
  const about = { move, orderId };
  const isCancellable = CANCELLABLE.includes(state) && back === null;
  return (
    <section className="flex flex-col gap-4 empty:hidden">
      {state === "asked" && <WordsForm {...about} what="reply" label={text.reply} submit={text.send} />}
      {state === "offered" && offer && (
        <div className="panel form">
          <p className="font-semibold">{text.offer(money(offer))}</p>
          <div className="flex flex-wrap gap-2">
            <Press move={move} command={{ move: "accept" }} kind="primary">
              {text.accept(money(offer))}
            </Press>
            <Press move={move} command={{ move: "decline", body: NOTHING }} kind="quiet">
              {text.decline}
            </Press>
          </div>
        </div>
      )}
      {state === "approved" && goodsBack && back === null && <ParcelForm move={move} />}
      {(state === "offered" || (state === "rejected" && !isFinal)) && kind !== "exchange" && (
        <Escalation {...about} />
      )}
      {state === "rejected" && !isFinal && kind === "exchange" && <Escalation {...about} />}
      {CHOOSABLE.includes(state) && kind !== "exchange" && <TenderChoice case={one} />}
      <Refusal error={move.error} />
      {isCancellable && (
        <div>
          <Press move={move} command={{ move: "cancel" }} kind="quiet">
            {text.cancel}
          </Press>
        </div>
      )}
    </section>
  );
}
const NOTHING: Said = { text: "", evidence: [] };

type PressProps = {
  readonly move: Move;
  readonly command: Command;
  readonly kind: "primary" | "quiet";
  readonly children: string;
};
const Press = ({ move, command, kind, children }: PressProps) => (
  <button
    type="button"
    className={`button button-${kind}`}
    disabled={move.isPending}
    onClick={() => move.mutate(command)}
  >
    {children}
  </button>
);

type About = { readonly move: Move; readonly orderId: string };

const Escalation = (about: About) => (
  <details className="panel">
    <summary className="cursor-pointer font-semibold">{text.escalate}</summary>
    <p className="text-muted mt-2 mb-4 text-sm">{text.escalateText}</p>
    <WordsForm {...about} what="escalate" label={text.words} submit={text.escalate} />
  </details>
);

type WordsProps = About & {
  readonly what: "reply" | "escalate";
  readonly label: string;
  readonly submit: string;
};

function WordsForm({ move, orderId, what, label, submit }: WordsProps) {
  const [words, setWords] = useState("");
  const [files, setFiles] = useState<readonly SentFile[]>([]);
  return (
    <form
      className={`form ${what === "reply" ? "panel" : ""}`}
      onSubmit={(event) => {
        event.preventDefault();
        move.mutate({ move: what, body: { text: words, evidence: files.map(({ id }) => id) } });
      }}
    >
      <TextArea
        label={label}
        value={words}
        maxLength={2_000}
        required
        onChange={({ target }) => setWords(target.value)}
      />
      <EvidenceField orderId={orderId} files={files} onChange={setFiles} />
      <button type="submit" className="button button-primary self-start" disabled={move.isPending}>
        {submit}
      </button>
    </form>
  );
}

function ParcelForm({ move }: { readonly move: Move }) {
  const [carrier, setCarrier] = useState("");
  const [trackingNumber, setNumber] = useState("");
  return (
    <form
      className="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        move.mutate({ move: "send", body: { carrier, trackingNumber } });
      }}
    >
      <div>
        <h2 className="font-bold">{text.sendTitle}</h2>
        <p className="text-muted text-sm">{text.sendHint}</p>
      </div>
      <TextField
        label={text.carrier}
        value={carrier}
        maxLength={60}
        required
        onChange={({ target }) => setCarrier(target.value)}
      />
      <TextField
        label={text.number}
        value={trackingNumber}
        maxLength={60}
        autoComplete="off"
        required
        onChange={({ target }) => setNumber(target.value)}
      />
      <button type="submit" className="button button-primary self-start" disabled={move.isPending}>
        {text.sent}
      </button>
    </form>
  );
}

const TENDERS = ["original", "wallet"] as const;

function TenderChoice({ case: { id: refundId, tender } }: { readonly case: Case }) {
  const choose = useMutation({
    mutationFn: (chosen: (typeof TENDERS)[number]) =>
      call("PUT /v1/refunds/{refundId}/tender", { path: { refundId }, body: { tender: chosen } }),
    onSuccess: told,
  });
  return (
    <div className="max-w-sm">
      <SelectField
        label={text.tender}
        value={choose.isPending ? choose.variables : tender}
        disabled={choose.isPending}
        onChange={({ target }) => choose.mutate(TENDERS.find((one) => one === target.value) ?? "original")}
      >
        {TENDERS.map((one) => (
          <option key={one} value={one}>
            {tenderWords[one]}
          </option>
        ))}
      </SelectField>
      <Refusal error={choose.error} />
    </div>
  );
}
