import { useMutation, useQuery } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { forgetReads, queryOf } from "../api/queries.ts";
import { useStepUp } from "../session/step-up.tsx";
import { anotherBank, oneBank } from "../shell/banks.ts";
import { texts } from "../shell/text.ts";
import { day, moment } from "../shell/when.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { Rows } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Where your money goes",
    intro: "We pay out to this account. Before it changes we ask once more that it is you.",
    bank: "Bank",
    bankHint: `Its short name in small letters, for instance ${oneBank} or ${anotherBank}.`,
    number: "Account number",
    holder: "Account holder",
    save: "Save the account",
    change: "Another account",
    since: (at: string) => `since ${at}`,
    checking: "We are asking the bank whose account it is.",
    name_mismatch: "The bank has another name for this account: nothing is paid to it. Correct it below.",
    unknown: "The bank does not know this account: nothing is paid to it. Correct it below.",
    cooling: (from: string) => `Payouts go there from ${from}, because it has changed.`,
  },
  id: {
    title: "Tujuan pencairan dana",
    intro: "Dana dicairkan ke rekening ini. Sebelum diganti, kami pastikan dulu bahwa itu Anda.",
    bank: "Bank",
    bankHint: `Nama singkatnya dengan huruf kecil, misalnya ${oneBank} atau ${anotherBank}.`,
    number: "Nomor rekening",
    holder: "Nama pemilik rekening",
    save: "Simpan rekening",
    change: "Rekening lain",
    since: (at: string) => `sejak ${at}`,
    checking: "Kami sedang menanyakan ke bank siapa pemiliknya.",
    name_mismatch: "Nama di bank berbeda: tidak ada dana yang dicairkan ke sini. Perbaiki di bawah.",
    unknown: "Rekening tidak dikenal oleh bank: tidak ada dana yang dicairkan ke sini. Perbaiki di bawah.",
    cooling: (from: string) => `Dana dicairkan ke sini mulai ${from}, karena rekening baru diganti.`,
  },
});

const READS = [
  "GET /v1/sellers/{sellerId}/payout-account",
  "GET /v1/sellers/{sellerId}/requirements",
  "GET /v1/wallet/seller/bank-account",
] as const;

/** The one account of the shop: what it proved when it opened, and where payouts are sent. */
export function PayoutAccountPanel() {
  const shop = useShop();
  const path = { sellerId: shop.seller };
  const found = useQuery(queryOf("GET /v1/sellers/{sellerId}/payout-account", { path }, shop));
  const account = found.data?.account;
  return (
    <section className="panel">
      <h2 className="text-lg font-bold">{text.title}</h2>
      <p className="text-muted mb-3 text-sm">{text.intro}</p>
      {found.isPending && <Rows count={1} />}
      {account && (
        <>
          <p className="mb-3 font-semibold">
            {account.bankCode.toUpperCase()} {account.number}, {account.holderName}{" "}
            <span className="text-muted text-sm font-normal">{text.since(day(account.since))}</span>
          </p>
          <PaidTo />
          <details key={account.since}>
            <summary className="text-brand cursor-pointer text-sm font-semibold">{text.change}</summary>
            <div className="mt-3">
              <AccountForm />
            </div>
          </details>
        </>
      )}
      {account === null && <AccountForm />}
      <Refusal error={found.error} />
    </section>
  );
}

/** What the bank says of it, where that stands in the way of a payout. */
function PaidTo() {
  const paidTo = useQuery(queryOf("GET /v1/wallet/seller/bank-account", {}, useShop()));
  const account = paidTo.data?.account;
  if (!account) return null;
  const { state, usableFrom } = account;
  const isRefused = state === "name_mismatch" || state === "unknown";
  return (
    <div role="status" className="flex flex-col gap-2 not-empty:mb-3">
      {state !== "ready" && <p className={`notice ${isRefused ? "notice-bad" : ""}`}>{text[state]}</p>}
      {usableFrom !== null && Date.parse(usableFrom) > Date.now() && (
        <p className="notice">{text.cooling(moment(usableFrom))}</p>
      )}
    </div>
  );
}

function AccountForm() {
  const shop = useShop();
  const asOneself = useStepUp();
  const save = useMutation({
    mutationFn: async (form: FormData) => {
      const field = (name: string) => String(form.get(name) ?? "").trim();
      const [bank, number, holderName] = [field("bank").toLowerCase(), field("number"), field("holder")];
      const path = { sellerId: shop.seller };
      const { email } = shop.about;
      const paidOut = { bank, accountNumber: number, holderName, email };
      // The ledger asks the bank whose account it is; what the bank refuses is not the shop's account either.
      await asOneself(() =>
        call("PUT /v1/wallet/seller/bank-account", { body: paidOut }, { seller: shop.seller }),
      );
      const proved = { bankCode: bank, number, holderName };
      await asOneself(() =>
        call("PUT /v1/sellers/{sellerId}/payout-account", { path, body: proved }, { seller: shop.seller }),
      );
    },
    onSuccess: () => forgetReads(READS),
  });
  return (
    <form
      className="form max-w-md"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(new FormData(event.currentTarget));
      }}
    >
      <TextField
        label={text.bank}
        name="bank"
        hint={text.bankHint}
        pattern="[A-Za-z0-9_]{2,20}"
        error={fieldError(save.error, "body.bank")}
        required
      />
      <TextField
        label={text.number}
        name="number"
        inputMode="numeric"
        pattern="\d{6,20}"
        error={fieldError(save.error, "body.accountNumber")}
        required
      />
      <TextField
        label={text.holder}
        name="holder"
        minLength={2}
        error={fieldError(save.error, "body.holderName")}
        required
      />
      <Refusal error={save.error} />
      <button type="submit" className="button button-primary self-start" disabled={save.isPending}>
        {text.save}
      </button>
    </form>
  );
}
