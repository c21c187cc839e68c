import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Answer, download } from "../api/client.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import { money, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { fieldError, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Loaded, Paged } from "../ui/loaded.tsx";
import { dayOf } from "../ui/moment-field.tsx";
import { MoneyField, minorOf } from "../ui/money-field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { saveFile } from "../ui/save-file.ts";
import { Tag, type Tone } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { sayKind } from "./ledger-kinds.ts";
import { PayoutAccountPanel } from "./payout-account.tsx";
import { isOwner, useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Finance",
    available: "Available",
    availableHint: "Can be paid out now.",
    escrow: "In escrow",
    escrowHint: "Yours once buyers have what they paid for.",
    inPayout: "On its way",
    inPayoutHint: "To your bank.",
    payOut: "Pay out",
    amount: "Amount",
    amountHint: "Leave it out to take all that is available.",
    asked: "The payout is on its way.",
    payouts: "Payouts",
    noPayouts: "Nothing was paid out yet.",
    cancel: "Call it off",
    waits: (until: string) => `waits until ${until}`,
    entries: "Entries",
    none: "Nothing has moved yet",
    noneText: "Sales, commissions, taxes and payouts stand here, to the last cent.",
    after: (of: string) => `then ${of}`,
    order: "To the order",
    statement: "Statement",
    from: "From",
    to: "To",
    csv: "Download as CSV",
    created: "Asked for",
    sent: "Sent",
    approved: "Approved",
    processed: "With the bank",
    completed: "Paid",
    failed: "Failed",
    returned: "Came back",
  },
  id: {
    title: "Keuangan",
    available: "Tersedia",
    availableHint: "Bisa dicairkan sekarang.",
    escrow: "Ditahan",
    escrowHint: "Menjadi milik Anda setelah pembeli menerima barangnya.",
    inPayout: "Dalam proses",
    inPayoutHint: "Menuju bank Anda.",
    payOut: "Cairkan",
    amount: "Nominal",
    amountHint: "Kosongkan untuk mencairkan semuanya.",
    asked: "Pencairan sedang diproses.",
    payouts: "Pencairan",
    noPayouts: "Belum ada pencairan.",
    cancel: "Batalkan",
    waits: (until: string) => `menunggu sampai ${until}`,
    entries: "Mutasi",
    none: "Belum ada mutasi",
    noneText: "Penjualan, komisi, pajak, dan pencairan tercatat di sini sampai sen terakhir.",
    after: (of: string) => `menjadi ${of}`,
    order: "Lihat pesanan",
    statement: "Rekening koran",
    from: "Dari",
    to: "Sampai",
    csv: "Unduh CSV",
    created: "Diminta",
    sent: "Dikirim",
    approved: "Disetujui",
    processed: "Di bank",
    completed: "Dibayar",
    failed: "Gagal",
    returned: "Kembali",
  },
});
type Payout = Answer<"GET /v1/wallet/seller/payouts">["items"][number];
const tone: { readonly [S in Payout["state"]]: Tone } = {
  created: "brand",
  sent: "brand",
  approved: "brand",
  processed: "brand",
  completed: "good",
  failed: "bad",
  returned: "bad",
};
const READS = [
  "GET /v1/wallet/seller",
  "GET /v1/wallet/seller/payouts",
  "GET /v1/wallet/seller/entries",
] as const;

/** What the shop has, what moved it, and the way of it to the bank. */
export function FinancePage() {
  const shop = useShop();
  const account = useQuery(queryOf("GET /v1/wallet/seller", {}, shop));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Loaded query={account} skeleton={<div className="skeleton mb-5 h-28 w-full" />}>
        {(balances) => (
          <ul className="mb-5 grid gap-3 sm:grid-cols-3">
            {(["available", "escrow", "inPayout"] as const).map((name) => (
              <li key={name} className="panel">
                <span className="text-muted text-sm">{text[name]}</span>
                <strong className="block text-2xl tracking-tight tabular-nums">
                  {money(balances[name])}
                </strong>
                <span className="text-muted text-sm">{text[`${name}Hint`]}</span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <div className="mb-5 grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-2">
        {isOwner(shop) && <PayOutForm />}
        <StatementForm />
      </div>
      <div className="mb-5 flex flex-col gap-5">
        {isOwner(shop) && <PayoutAccountPanel />}
        <Payouts />
      </div>
      <h2 className="section-title">{text.entries}</h2>
      <Entries />
    </>
  );
}

function PayOutForm() {
  const ask = useCommand("POST /v1/wallet/seller/payouts", { forget: READS });
  const send = (form: FormData) => {
    const amountMinor = minorOf(form.get("amount"));
    ask.mutate({ body: amountMinor === undefined ? {} : { amountMinor } });
  };
  return (
    <Form className="panel" onSend={send} submit={text.payOut} command={ask}>
      <h2 className="text-lg font-bold">{text.payOut}</h2>
      <MoneyField
        // What has been asked for is not asked for once more by the next press.
        key={ask.data?.id}
        label={text.amount}
        hint={text.amountHint}
        name="amount"
        error={fieldError(ask.error, "body.amountMinor")}
      />
      <p role="status" className="text-good text-sm font-semibold empty:hidden">
        {ask.isSuccess && text.asked}
      </p>
    </Form>
  );
}

const DAY_MS = 86_400_000;
const MONTH_DAYS = 30;

function StatementForm() {
  const shop = useShop();
  const open = useMutation({
    mutationFn: (query: { readonly from: string; readonly to: string }) =>
      download("GET /v1/wallet/seller/statement", { query }, shop),
    onSuccess: (bytes, { from, to }) => saveFile(bytes, `statement-${from}-${to}.csv`),
  });
  const now = Date.now();
  return (
    <Form
      className="panel"
      onSend={(form) => open.mutate({ from: fieldOf(form, "from"), to: fieldOf(form, "to") })}
      submit={text.csv}
      command={open}
    >
      <h2 className="text-lg font-bold">{text.statement}</h2>
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label={text.from}
          name="from"
          type="date"
          defaultValue={dayOf(now - MONTH_DAYS * DAY_MS)}
          required
        />
        <TextField label={text.to} name="to" type="date" defaultValue={dayOf(now)} required />
      </div>
    </Form>
  );
}

function Payouts() {
  const payouts = useInfiniteQuery(pagesOf("GET /v1/wallet/seller/payouts", { query: {} }, useShop()));
  return (
    <section className="panel">
      <h2 className="mb-2 text-lg font-bold">{text.payouts}</h2>
      <Paged
        query={payouts}
        keyOf={({ id }) => id}
        empty={<p className="text-muted">{text.noPayouts}</p>}
        className="divide-line divide-y"
      >
        {(payout) => <PayoutRow payout={payout} />}
      </Paged>
    </section>
  );
}

/** Only what waits for its account to cool off can still be called off. */
const waitsUntil = ({ state, sendFrom }: Payout): string | null =>
  state === "created" && sendFrom !== null && Date.parse(sendFrom) > Date.now() ? sendFrom : null;

function PayoutRow({ payout }: { readonly payout: Payout }) {
  const cancel = useCommand("POST /v1/wallet/seller/payouts/{payoutId}/cancel", { forget: READS });
  const until = waitsUntil(payout);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3">
      <span className="min-w-0 flex-1 basis-48">
        <strong className="tabular-nums">{money(payout.amount)}</strong>
        <span className="text-muted block text-sm">
          {[
            `${payout.bank.toUpperCase()} ${payout.accountNumber}`,
            moment(payout.createdAt),
            until !== null && text.waits(moment(until)),
            payout.note,
          ]
            .filter(Boolean)
            .join(", ")}
        </span>
      </span>
      <Tag tone={tone[payout.state]}>{text[payout.state]}</Tag>
      {until !== null && (
        <button
          type="button"
          className="button button-quiet button-small"
          disabled={cancel.isPending}
          onClick={() => cancel.mutate({ path: { payoutId: payout.id } })}
        >
          {text.cancel}
        </button>
      )}
      <Refusal error={cancel.error} />
    </div>
  );
}

function Entries() {
  const entries = useInfiniteQuery(pagesOf("GET /v1/wallet/seller/entries", { query: {} }, useShop()));
  return (
    <Paged
      query={entries}
      keyOf={({ transferId, account }) => transferId + account}
      empty={<Empty title={text.none} text={text.noneText} />}
      className="panel divide-line divide-y py-1!"
    >
      {(entry) => (
        <div className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 py-3">
          <span className="min-w-0 flex-1 basis-48">
            <strong>{sayKind(entry.kind)}</strong>
            <span className="text-muted block text-sm">
              {moment(entry.at)}
              {entry.memo && `, ${entry.memo}`}
            </span>
          </span>
          {entry.orderId !== null && (
            <Link
              to="/shop/orders/$orderId"
              params={{ orderId: entry.orderId }}
              className="text-brand text-sm font-semibold"
            >
              {text.order}
            </Link>
          )}
          <span className="min-w-28 text-right tabular-nums">
            <strong className={entry.amount.minor.startsWith("-") ? "" : "text-good"}>
              {money(entry.amount)}
            </strong>
            {entry.balanceAfter && (
              <span className="text-muted block text-sm">{text.after(money(entry.balanceAfter))}</span>
            )}
          </span>
        </div>
      )}
    </Paged>
  );
}
