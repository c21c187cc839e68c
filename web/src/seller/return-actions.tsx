import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { upload } from "../api/client.ts";
import { count, texts } from "../shell/text.ts";
import { fieldError, TextArea, TextField } from "../ui/field.tsx";
import { FileButton } from "../ui/file-button.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { MoneyField, minorOf } from "../ui/money-field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { RETURN_READS, type Return } from "./return-states.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    answer: "Your answer",
    approve: "Agree",
    keep: "Agree, the buyer keeps the goods",
    reject: "Refuse",
    ask: "Ask the buyer",
    offer: "Offer a part of the price",
    amount: "Amount",
    words: "Your words to the buyer",
    file: "Add a picture or PDF",
    files: (n: string) => `${n} files added`,
    send: "Send",
    back: "Choose another answer",
    inspect: "What came back?",
    resellable: "As new",
    damaged: "Damaged",
    missing: "Missing",
    receive: "Confirm what came back",
    contest: "Not what was agreed",
    replace: "Send the replacement",
    carrier: "Carrier",
    number: "Tracking number",
    sent: "The replacement has left",
  },
  id: {
    answer: "Jawaban Anda",
    approve: "Setujui",
    keep: "Setujui, barang tetap di pembeli",
    reject: "Tolak",
    ask: "Tanya pembeli",
    offer: "Tawarkan sebagian harga",
    amount: "Nominal",
    words: "Pesan untuk pembeli",
    file: "Tambah foto atau PDF",
    files: (n: string) => `${n} berkas ditambahkan`,
    send: "Kirim",
    back: "Pilih jawaban lain",
    inspect: "Apa yang kembali?",
    resellable: "Layak jual",
    damaged: "Rusak",
    missing: "Kurang",
    receive: "Konfirmasi yang kembali",
    contest: "Tidak sesuai kesepakatan",
    replace: "Kirim barang pengganti",
    carrier: "Kurir",
    number: "Nomor resi",
    sent: "Barang pengganti sudah dikirim",
  },
});

type Props = { readonly one: Return };
type Wordy = "reject" | "ask" | "offer" | "contest";

/** What the shop may do in the case's state, and nothing else. */
export function ReturnActions({ one }: Props) {
  const [wordy, setWordy] = useState<Wordy>();
  if (wordy) return <WordsForm one={one} move={wordy} onBack={() => setWordy(undefined)} />;
  if (one.state === "requested") return <AnswerPanel one={one} choose={setWordy} />;
  if (one.state === "approved" || one.state === "received") {
    return <InspectPanel one={one} onContest={() => setWordy("contest")} />;
  }
  if (one.step === "replace" && one.replacement === null) return <ReplacementPanel one={one} />;
  return null;
}

function AnswerPanel({ one, choose }: Props & { readonly choose: (move: Wordy) => void }) {
  const approve = useCommand("POST /v1/refunds/{refundId}/approve", { forget: RETURN_READS });
  const agree = (returnless: boolean) => approve.mutate({ path: { refundId: one.id }, body: { returnless } });
  return (
    <section className="panel border-brand/40">
      <h2 className="mb-3 text-lg font-bold">{text.answer}</h2>
      <div className="flex flex-wrap gap-3">
        <button
          type="button"
          className="button button-primary"
          disabled={approve.isPending}
          onClick={() => agree(false)}
        >
          {text.approve}
        </button>
        {one.kind === "return" && (
          <button
            type="button"
            className="button button-quiet"
            disabled={approve.isPending}
            onClick={() => agree(true)}
          >
            {text.keep}
          </button>
        )}
        <button type="button" className="button button-quiet" onClick={() => choose("offer")}>
          {text.offer}
        </button>
        <button type="button" className="button button-quiet" onClick={() => choose("ask")}>
          {text.ask}
        </button>
        <button type="button" className="button button-bad" onClick={() => choose("reject")}>
          {text.reject}
        </button>
      </div>
      <Refusal error={approve.error} />
    </section>
  );
}

const EVIDENCE = "image/jpeg,image/png,image/webp,image/gif,video/mp4,application/pdf";
type WordsProps = Props & { readonly move: Wordy; readonly onBack: () => void };

function WordsForm({ one, move, onBack }: WordsProps) {
  const [evidence, setEvidence] = useState<readonly string[]>([]);
  const reject = useCommand("POST /v1/refunds/{refundId}/reject", { forget: RETURN_READS });
  const ask = useCommand("POST /v1/refunds/{refundId}/ask", { forget: RETURN_READS });
  const contest = useCommand("POST /v1/refunds/{refundId}/contest", { forget: RETURN_READS });
  const offer = useCommand("POST /v1/refunds/{refundId}/offer", { forget: RETURN_READS });
  const commands = { reject, ask, contest, offer };
  const { error } = commands[move];
  const send = (form: FormData) => {
    const path = { refundId: one.id };
    const body = { text: fieldOf(form, "words"), evidence };
    if (move !== "offer") return commands[move].mutate({ path, body });
    offer.mutate({ path, body: { ...body, amountMinor: minorOf(form.get("amount")) ?? "0" } });
  };
  return (
    <Form
      className="panel border-brand/40"
      onSend={send}
      submit={text.send}
      command={commands[move]}
      beside={
        <button type="button" className="button button-quiet" onClick={onBack}>
          {text.back}
        </button>
      }
    >
      <h2 className="text-lg font-bold">{text[move]}</h2>
      {move === "offer" && (
        <MoneyField
          label={text.amount}
          name="amount"
          error={fieldError(error, "body.amountMinor")}
          required
        />
      )}
      <TextArea
        label={text.words}
        name="words"
        maxLength={2_000}
        required={move !== "offer"}
        error={fieldError(error, "body.text")}
      />
      <EvidenceField one={one} given={evidence} onGiven={setEvidence} />
    </Form>
  );
}

type EvidenceProps = Props & {
  readonly given: readonly string[];
  readonly onGiven: (given: readonly string[]) => void;
};

function EvidenceField({ one, given, onGiven }: EvidenceProps) {
  const shop = useShop();
  const query = { orderId: one.orderId, as: "seller" } as const;
  const add = useMutation({
    mutationFn: ([file]: readonly File[]) =>
      upload("POST /v1/refunds/evidence", { query }, file ?? new Blob(), shop),
    onSuccess: ({ attachmentId }) => onGiven([...given, attachmentId]),
  });
  return (
    <div className="flex flex-wrap items-center gap-3">
      <FileButton label={text.file} accept={EVIDENCE} disabled={add.isPending} onFiles={add.mutate} />
      <span role="status" className="text-muted text-sm">
        {given.length > 0 && text.files(count(given.length))}
      </span>
      <Refusal error={add.error} />
    </div>
  );
}

const GRADES = ["resellable", "damaged", "missing"] as const;

function InspectPanel({ one, onContest }: Props & { readonly onContest: () => void }) {
  const receive = useCommand("POST /v1/refunds/{refundId}/receive", { forget: RETURN_READS });
  const send = (form: FormData) => {
    const units = (lineId: string, grade: string) => Number(form.get(`${lineId} ${grade}`) ?? 0);
    const lines = one.lines.map(({ lineId }) => ({
      lineId,
      resellable: units(lineId, "resellable"),
      damaged: units(lineId, "damaged"),
      missing: units(lineId, "missing"),
    }));
    const told = lines.filter(({ resellable, damaged, missing }) => resellable + damaged + missing > 0);
    receive.mutate({ path: { refundId: one.id }, body: { lines: told } });
  };
  return (
    <form
      className="panel form border-brand/40"
      onSubmit={(event) => {
        event.preventDefault();
        send(new FormData(event.currentTarget));
      }}
    >
      <h2 className="text-lg font-bold">{text.inspect}</h2>
      {one.lines.map((line) => {
        const left = line.quantity - line.resellable - line.damaged - line.missing;
        return (
          <fieldset key={line.lineId}>
            <legend className="field-label">{line.title}</legend>
            <div className="grid grid-cols-3 gap-3">
              {GRADES.map((grade) => (
                <TextField
                  key={grade}
                  label={text[grade]}
                  name={`${line.lineId} ${grade}`}
                  type="number"
                  min={0}
                  max={left}
                  defaultValue={grade === "resellable" ? left : 0}
                />
              ))}
            </div>
          </fieldset>
        );
      })}
      <Refusal error={receive.error} />
      <div className="flex flex-wrap gap-3">
        <button type="submit" className="button button-primary" disabled={receive.isPending}>
          {text.receive}
        </button>
        <button type="button" className="button button-bad" onClick={onContest}>
          {text.contest}
        </button>
      </div>
    </form>
  );
}

function ReplacementPanel({ one }: Props) {
  const send = useCommand("POST /v1/refunds/{refundId}/replacement", { forget: RETURN_READS });
  return (
    <form
      className="panel form border-brand/40"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const field = (name: string) => String(form.get(name) ?? "").trim();
        const body = { carrier: field("carrier"), trackingNumber: field("number") };
        send.mutate({ path: { refundId: one.id }, body });
      }}
    >
      <h2 className="text-lg font-bold">{text.replace}</h2>
      <TextField label={text.carrier} name="carrier" required />
      <TextField label={text.number} name="number" required />
      <Refusal error={send.error} />
      <button type="submit" className="button button-primary self-start" disabled={send.isPending}>
        {text.sent}
      </button>
    </form>
  );
}
