import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { cancelWords, wordOf } from "../account/orders/words.ts";
import { useCommand } from "../api/command.ts";
import { pagesOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { money, texts } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Chips } from "../ui/chips.tsx";
import { Empty } from "../ui/empty.tsx";
import { TextField } from "../ui/field.tsx";
import { fieldOf } from "../ui/form.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { Decision } from "./decision.tsx";

const text = texts({
  en: {
    title: "Refunds",
    none: "No refund is in this state",
    state: "State",
    manual: "To send by hand",
    requested: "With the provider",
    failed: "Failed",
    retry: "Try again",
    wallet: "Into the wallet",
    evidence: "How it was paid: the bank's reference",
    succeeded: "Paid back",
    paid_by_hand: "Paid by hand",
    byHand: (amount: string) => `${amount} to be sent by hand`,
    confirm: "It was paid by hand",
    paidAs: (evidence: string) => `Paid as: ${evidence}`,
  },
  id: {
    title: "Pengembalian dana",
    none: "Tidak ada pengembalian dalam status ini",
    state: "Status",
    manual: "Kirim manual",
    requested: "Di penyedia",
    failed: "Gagal",
    retry: "Coba lagi",
    wallet: "Ke dompet",
    evidence: "Cara dibayar: referensi bank",
    succeeded: "Dikembalikan",
    paid_by_hand: "Dibayar manual",
    byHand: (amount: string) => `${amount} dikirim manual`,
    confirm: "Sudah dibayar manual",
    paidAs: (evidence: string) => `Dibayar dengan: ${evidence}`,
  },
});

type Row = Schemas["RefundRow"];
const STATES = ["manual", "requested", "paid_by_hand", "succeeded"] as const;
type State = Row["state"];
const TONES: { readonly [S in State]: Tone } = {
  manual: "bad",
  requested: "brand",
  failed: "bad",
  paid_by_hand: "good",
  succeeded: "good",
};
const isState = (given: string | undefined): given is State => STATES.some((one) => one === given);

const route = getRouteApi("/operator/refunds");

/** Money on its way back; what the provider could not send waits for a hand. */
export function RefundsPage() {
  const { state: given } = route.useSearch();
  const navigate = route.useNavigate();
  const state = isState(given) ? given : "manual";
  const query = useInfiniteQuery(pagesOf("GET /v1/payments/refunds", { query: { state } }));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Chips
        label={text.state}
        options={STATES.map((value) => ({ value, name: text[value] }))}
        value={state}
        onChoose={(value) => void navigate({ search: { state: value } })}
      />
      <Paged query={query} keyOf={({ id }) => id} empty={<Empty title={text.none} />}>
        {(row) => <Refund row={row} />}
      </Paged>
    </>
  );
}

function Refund({ row }: { readonly row: Row }) {
  return (
    <article className="panel flex flex-wrap items-center justify-between gap-3">
      <div>
        <p className="font-semibold">
          {money(row.amount)} <Tag tone={TONES[row.state]}>{text[row.state]}</Tag>
        </p>
        <p className="text-muted text-sm break-words">
          {[wordOf(cancelWords, row.reason), row.paymentId, fromNow(row.createdAt)].join(" · ")}
        </p>
        {row.note !== null && <p className="text-sm">{row.note}</p>}
        {row.evidence !== null && <p className="text-sm">{text.paidAs(row.evidence)}</p>}
        {row.state === "manual" && <p className="text-bad text-sm">{text.byHand(money(row.byHand))}</p>}
      </div>
      {row.state === "manual" && (
        <div className="flex flex-wrap gap-2">
          <Again refundId={row.id} way="retry" label={text.retry} />
          <Again refundId={row.id} way="to-wallet" label={text.wallet} />
          <PaidByHand refundId={row.id} />
        </div>
      )}
    </article>
  );
}

const READS = { forget: ["GET /v1/payments/refunds"] } as const;
type AgainProps = {
  readonly refundId: string;
  readonly way: "retry" | "to-wallet";
  readonly label: string;
};

function Again({ refundId, way, label }: AgainProps) {
  const again = useCommand(`POST /v1/payments/refunds/{refundId}/${way}`, READS);
  return (
    <Decision
      label={label}
      reason="none"
      command={again}
      onDecide={(_, close) => again.mutate({ path: { refundId } }, { onSuccess: close })}
    />
  );
}

function PaidByHand({ refundId }: { readonly refundId: string }) {
  const confirm = useCommand("POST /v1/payments/refunds/{refundId}/confirm", READS);
  return (
    <Decision
      label={text.confirm}
      tone="primary"
      reason="none"
      command={confirm}
      onDecide={(_, close, form) => {
        const body = { evidence: fieldOf(form, "evidence") };
        confirm.mutate({ path: { refundId }, body }, { onSuccess: close });
      }}
    >
      <TextField label={text.evidence} name="evidence" required maxLength={500} />
    </Decision>
  );
}
