import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useIntents } from "../../api/intent.ts";
import { queryClient } from "../../api/queries.ts";
import { count, texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { SelectField, TextArea } from "../../ui/field.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import type { SentFile } from "../files-field.tsx";
import type { Order } from "../orders/words.ts";
import { EvidenceField } from "./evidence.tsx";
import { type Asked, kindHints, kindWords, reasonWords, tenderWords } from "./words.ts";

const text = texts({
  en: {
    title: "Return or report a problem",
    what: "What do you want?",
    why: "What is the matter?",
    which: "Which articles?",
    quantity: (title: string) => `How many of ${title}`,
    words: "Tell the shop more",
    wordsHint: "A sentence and a photo often settle it at once.",
    money: "Where should the money go?",
    ask: "Send the request",
    nothing: "Choose at least one article.",
  },
  id: {
    title: "Kembalikan atau laporkan masalah",
    what: "Apa yang Anda inginkan?",
    why: "Apa masalahnya?",
    which: "Barang yang mana?",
    quantity: (title: string) => `Berapa banyak ${title}`,
    words: "Ceritakan lebih lanjut kepada toko",
    wordsHint: "Satu kalimat dan foto sering langsung menyelesaikan.",
    money: "Ke mana uang dikembalikan?",
    ask: "Kirim pengajuan",
    nothing: "Pilih setidaknya satu barang.",
  },
});

const REASONS = {
  return: ["changed_mind", "wrong_size", "not_as_described", "defective", "wrong_item"],
  exchange: ["wrong_size", "defective", "wrong_item"],
  claim: ["arrived_damaged", "incomplete", "not_received"],
} as const satisfies { readonly [K in Asked["kind"]]: readonly Asked["reason"][] };
const KINDS = ["return", "exchange", "claim"] as const;
/** What has not come can neither go back nor be broken. */
const MISSING = { kinds: ["claim"], reasons: ["not_received"] } as const;
const TENDERS = ["original", "wallet"] as const;

type Units = { readonly [lineId: string]: number };
type Props = { readonly order: Order; readonly onClose: () => void };

/** What is asked for, as it stands in the form. */
function useAsked(order: Order) {
  const isHere = order.state === "delivered" || order.state === "completed";
  const kinds: readonly Asked["kind"][] = isHere ? KINDS : MISSING.kinds;
  const [kind, setKind] = useState<Asked["kind"]>(kinds[0] ?? "claim");
  const reasons: readonly Asked["reason"][] = isHere ? REASONS[kind] : MISSING.reasons;
  const [wanted, setReason] = useState<string>();
  const reason = reasons.find((one) => one === wanted) ?? reasons[0] ?? "not_received";
  const [only] = order.lines;
  const [units, setUnits] = useState<Units>(only && order.lines.length === 1 ? { [only.id]: 1 } : {});
  const [tender, setTender] = useState<(typeof TENDERS)[number]>("original");
  const [words, setWords] = useState("");
  const [files, setFiles] = useState<readonly SentFile[]>([]);
  const lines = Object.entries(units).flatMap(([lineId, quantity]) =>
    quantity > 0 ? [{ lineId, quantity }] : [],
  );
  const body: Asked = {
    orderId: order.id,
    kind,
    reason,
    lines,
    text: words,
    evidence: files.map(({ id }) => id),
    ...(kind !== "exchange" && { tender }),
  };
  const set = { setKind, setReason, setUnits, setTender, setWords, setFiles };
  return { body, kinds, reasons, units, files, ...set };
}

export function AskDialog({ order, onClose }: Props) {
  const navigate = useNavigate();
  const once = useIntents();
  const asked = useAsked(order);
  const { body } = asked;
  const ask = useMutation({
    mutationFn: () => once(body, (key) => call("POST /v1/refunds", { body }, { key })),
    onSuccess: async ({ id: refundId }) => {
      await queryClient.invalidateQueries({ queryKey: ["GET /v1/refunds"] });
      await navigate({ to: "/account/returns/$refundId", params: { refundId } });
    },
  });
  return (
    <Dialog title={text.title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <Wish asked={asked} />
        <LinesField order={order} units={asked.units} onChange={asked.setUnits} />
        <TextArea
          label={text.words}
          hint={text.wordsHint}
          maxLength={2_000}
          value={body.text}
          onChange={({ target }) => asked.setWords(target.value)}
        />
        <EvidenceField orderId={order.id} files={asked.files} onChange={asked.setFiles} />
        <Refusal error={ask.error} />
        {body.lines.length === 0 && <p className="text-muted text-sm">{text.nothing}</p>}
        <button
          type="submit"
          className="button button-primary"
          disabled={body.lines.length === 0 || ask.isPending}
        >
          {text.ask}
        </button>
      </form>
    </Dialog>
  );
}

function Wish({ asked }: { readonly asked: ReturnType<typeof useAsked> }) {
  const { body, kinds, reasons, setKind, setReason, setTender } = asked;
  return (
    <>
      <SelectField
        label={text.what}
        hint={kindHints[body.kind]}
        value={body.kind}
        onChange={({ target }) => setKind(KINDS.find((one) => one === target.value) ?? "return")}
      >
        {kinds.map((one) => (
          <option key={one} value={one}>
            {kindWords[one]}
          </option>
        ))}
      </SelectField>
      <SelectField label={text.why} value={body.reason} onChange={({ target }) => setReason(target.value)}>
        {reasons.map((one) => (
          <option key={one} value={one}>
            {reasonWords[one]}
          </option>
        ))}
      </SelectField>
      {body.tender && (
        <SelectField
          label={text.money}
          value={body.tender}
          onChange={({ target }) => setTender(TENDERS.find((one) => one === target.value) ?? "original")}
        >
          {TENDERS.map((one) => (
            <option key={one} value={one}>
              {tenderWords[one]}
            </option>
          ))}
        </SelectField>
      )}
    </>
  );
}

type LinesProps = {
  readonly order: Order;
  readonly units: Units;
  readonly onChange: (units: Units) => void;
};

function LinesField({ order, units, onChange }: LinesProps) {
  return (
    <fieldset>
      <legend className="field-label">{text.which}</legend>
      <ul className="flex flex-col gap-2">
        {order.lines.map(({ id, title, quantity, returnedQuantity }) => (
          <li key={id} className="flex items-center gap-3 text-sm">
            <label className="flex min-w-0 flex-1 items-center gap-2">
              <input
                type="checkbox"
                checked={(units[id] ?? 0) > 0}
                disabled={quantity <= returnedQuantity}
                onChange={({ target }) => onChange({ ...units, [id]: target.checked ? 1 : 0 })}
              />
              <span className="line-clamp-2">{title}</span>
            </label>
            {(units[id] ?? 0) > 0 && quantity - returnedQuantity > 1 && (
              <select
                className="input w-20"
                aria-label={text.quantity(title)}
                value={units[id]}
                onChange={({ target }) => onChange({ ...units, [id]: Number(target.value) })}
              >
                {Array.from({ length: Math.min(quantity - returnedQuantity, CHOICES_MAX) }, (_, at) => (
                  <option key={`${id}${at + 1}`} value={at + 1}>
                    {count(at + 1)}
                  </option>
                ))}
              </select>
            )}
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
/** A list of numbers that nobody would scroll through is no choice. */
const CHOICES_MAX = 200;
