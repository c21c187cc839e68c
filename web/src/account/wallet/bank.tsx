import { useMutation, useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { queryClient, queryOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { useStepUp } from "../../session/step-up.tsx";
import { anotherBank, oneBank } from "../../shell/banks.ts";
import { texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { fieldError, TextField } from "../../ui/field.tsx";
import { Refusal } from "../../ui/refusal.tsx";

const text = texts({
  en: {
    title: "Bank account",
    text: "Withdrawals go to this account. The bank is asked whose it is.",
    bank: "Bank",
    bankHint: `Its short name, such as ${oneBank} or ${anotherBank}.`,
    number: "Account number",
    holder: "Name of the holder",
    email: "E-mail for the bank's notice",
    save: "Save",
  },
  id: {
    title: "Rekening bank",
    text: "Penarikan dikirim ke rekening ini. Bank ditanya siapa pemiliknya.",
    bank: "Bank",
    bankHint: `Nama pendeknya, misalnya ${oneBank} atau ${anotherBank}.`,
    number: "Nomor rekening",
    holder: "Nama pemilik",
    email: "Email untuk pemberitahuan bank",
    save: "Simpan",
  },
});

type Account = Schemas["BankAccount"];
type Props = { readonly onClose: () => void };

export function BankDialog({ onClose }: Props) {
  const found = useQuery(queryOf("GET /v1/wallet/bank-account", {}));
  return (
    <Dialog title={text.title} onClose={onClose}>
      {found.isLoading ? (
        <div className="skeleton h-80" />
      ) : (
        <AccountForm account={found.data?.account} onSaved={onClose} />
      )}
    </Dialog>
  );
}

/** For whoever has none: when it is saved, whoever shows this goes on. */
export const FirstBankDialog = ({ onClose }: Props) => (
  <Dialog title={text.title} onClose={onClose}>
    <AccountForm account={null} onSaved={() => undefined} />
  </Dialog>
);

type FormProps = { readonly account: Account | null | undefined; readonly onSaved: () => void };

function AccountForm({ account, onSaved }: FormProps) {
  const stepUp = useStepUp();
  const save = useMutation({
    mutationFn: (body: Account) => stepUp(() => call("PUT /v1/wallet/bank-account", { body })),
    onSuccess: async () => {
      onSaved();
      await queryClient.invalidateQueries({ queryKey: ["GET /v1/wallet/bank-account"] });
    },
  });
  const field = (name: keyof Account) => ({
    name,
    defaultValue: account?.[name] ?? "",
    required: true,
    error: fieldError(save.error, `body.${name}`),
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const said = (name: keyof Account) => String(form.get(name) ?? "").trim();
        save.mutate({
          bank: said("bank").toLowerCase(),
          accountNumber: said("accountNumber"),
          holderName: said("holderName"),
          email: said("email"),
        });
      }}
    >
      <p className="text-muted text-sm">{text.text}</p>
      <TextField label={text.bank} hint={text.bankHint} {...field("bank")} />
      <TextField label={text.number} inputMode="numeric" pattern="\d{6,20}" {...field("accountNumber")} />
      <TextField label={text.holder} autoComplete="name" {...field("holderName")} />
      <TextField label={text.email} type="email" autoComplete="email" {...field("email")} />
      <Refusal error={save.error} />
      <button type="submit" className="button button-primary" disabled={save.isPending}>
        {text.save}
      </button>
    </form>
  );
}
