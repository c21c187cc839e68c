import { useMutation, useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { useIntents } from "../../api/intent.ts";
import { forgetReads, queryOf } from "../../api/queries.ts";
import { money, texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { fieldError, TextField } from "../../ui/field.tsx";
import { MoneyField, minorOf } from "../../ui/money-field.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import { PinField } from "./pin.tsx";

const text = texts({
  en: {
    title: "Send money",
    to: "Wallet number of the other person",
    toHint: "He finds it in this dialog of his own. It begins with usr_.",
    own: "Yours is",
    amount: "Amount",
    note: "Note",
    send: "Send",
    sent: (amount: string) => `${amount} has been sent.`,
    done: "Done",
  },
  id: {
    title: "Kirim uang",
    to: "Nomor dompet penerima",
    toHint: "Penerima menemukannya di dialog ini di akunnya. Diawali usr_.",
    own: "Nomor Anda",
    amount: "Jumlah",
    note: "Catatan",
    send: "Kirim",
    sent: (amount: string) => `${amount} telah dikirim.`,
    done: "Selesai",
  },
});

type Wish = {
  readonly to: string;
  readonly amountMinor: string;
  readonly pin: string;
  readonly note: string;
};

const wishOf = (form: FormData): Wish => ({
  to: String(form.get("to") ?? "").trim(),
  amountMinor: minorOf(form.get("amount")) ?? "",
  pin: String(form.get("pin") ?? ""),
  note: String(form.get("note") ?? "").trim(),
});

/** What moves money changes both the balance and the list. */
export const forgetWallet = () =>
  forgetReads(["GET /v1/wallet", "GET /v1/wallet/entries", "GET /v1/wallet/withdrawals"]);

export function SendDialog({ onClose }: { readonly onClose: () => void }) {
  const once = useIntents();
  const mine = useQuery(queryOf("GET /v1/auth/account", {}));
  const send = useMutation({
    mutationFn: (wish: Wish) => once(wish, (key) => call("POST /v1/wallet/sends", { body: wish }, { key })),
    onSuccess: forgetWallet,
  });
  if (send.data) {
    return (
      <Dialog title={text.title} onClose={onClose}>
        <p role="status">{text.sent(money(send.data.amount))}</p>
        <button type="button" className="button button-primary mt-4" onClick={onClose}>
          {text.done}
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog title={text.title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate(wishOf(new FormData(event.currentTarget)));
        }}
      >
        <TextField
          label={text.to}
          hint={text.toHint}
          name="to"
          autoComplete="off"
          pattern="\s*usr_[0-9a-z]{26}\s*"
          required
          error={fieldError(send.error, "body.to")}
        />
        <MoneyField
          label={text.amount}
          name="amount"
          required
          error={fieldError(send.error, "body.amountMinor")}
        />
        <TextField label={text.note} name="note" maxLength={100} />
        <PinField />
        <Refusal error={send.error} />
        <button type="submit" className="button button-primary" disabled={send.isPending}>
          {text.send}
        </button>
        {mine.data && (
          <p className="text-muted text-xs">
            {text.own} <code className="break-all">{mine.data.userId}</code>
          </p>
        )}
      </form>
    </Dialog>
  );
}
