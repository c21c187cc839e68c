import { useMutation, useQuery } from "@tanstack/react-query";
import { ApiError, call } from "../api/client.ts";
import { forgetReads, queryOf } from "../api/queries.ts";
import { useStepUp } from "../session/step-up.tsx";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { Rows } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Where your money goes",
    intro: "We pay out to this account. Before it changes we ask once more that it is you.",
    bank: "Bank",
    bankHint: "Its short name in small letters, for instance bca, mandiri or bri.",
    number: "Account number",
    holder: "Account holder",
    save: "Save the account",
    change: "Another account",
    since: (at: string) => `since ${at}`,
  },
  id: {
    title: "Tujuan pencairan dana",
    intro: "Dana dicairkan ke rekening ini. Sebelum diganti, kami pastikan dulu bahwa itu Anda.",
    bank: "Bank",
    bankHint: "Nama singkatnya dengan huruf kecil, misalnya bca, mandiri, atau bri.",
    number: "Nomor rekening",
    holder: "Nama pemilik rekening",
    save: "Simpan rekening",
    change: "Rekening lain",
    since: (at: string) => `sejak ${at}`,
  },
});

/** The one account of the shop: what it proved when it opened, and where payouts are sent. */
export function PayoutAccountPanel() {
  const shop = useShop();
  const path = { sellerId: shop.seller };
  const account = useQuery(queryOf("GET /v1/sellers/{sellerId}/payout-account", { path }, shop));
  const isNone = account.error instanceof ApiError && account.error.status === 404;
  return (
    <section className="panel">
      <h2 className="text-lg font-bold">{text.title}</h2>
      <p className="text-muted mb-3 text-sm">{text.intro}</p>
      {account.isPending && <Rows count={1} />}
      {account.data && (
        <>
          <p className="mb-3 font-semibold">
            {account.data.bankCode.toUpperCase()} {account.data.number}, {account.data.holderName}{" "}
            <span className="text-muted text-sm font-normal">{text.since(day(account.data.since))}</span>
          </p>
          <details>
            <summary className="text-brand cursor-pointer text-sm font-semibold">{text.change}</summary>
            <div className="mt-3">
              <AccountForm />
            </div>
          </details>
        </>
      )}
      {isNone && <AccountForm />}
      {!isNone && <Refusal error={account.error} />}
    </section>
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
      const proved = { bankCode: bank, number, holderName };
      await asOneself(() =>
        call("PUT /v1/sellers/{sellerId}/payout-account", { path, body: proved }, { seller: shop.seller }),
      );
      const { email } = shop.about;
      // The ledger asks the bank whose account it is before money goes there.
      const paidOut = { bank, accountNumber: number, holderName, email };
      await asOneself(() =>
        call("PUT /v1/wallet/seller/bank-account", { body: paidOut }, { seller: shop.seller }),
      );
    },
    onSettled: () =>
      forgetReads(["GET /v1/sellers/{sellerId}/payout-account", "GET /v1/sellers/{sellerId}/requirements"]),
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
        error={fieldError(save.error, "body.bankCode")}
        required
      />
      <TextField
        label={text.number}
        name="number"
        inputMode="numeric"
        pattern="\d{6,20}"
        error={fieldError(save.error, "body.number")}
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
