import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { useIntents } from "../../api/intent.ts";
import { pagesOf, queryOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { money, texts } from "../../shell/text.ts";
import { moment } from "../../shell/when.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { fieldError } from "../../ui/field.tsx";
import { Paged } from "../../ui/loaded.tsx";
import { MoneyField, minorOf } from "../../ui/money-field.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import { Tag } from "../../ui/tag.tsx";
import { FirstBankDialog } from "./bank.tsx";
import { PinField } from "./pin.tsx";
import { forgetWallet } from "./send.tsx";
import { payoutWords } from "./words.ts";

const text = texts({
  en: {
    title: "Withdraw to your bank",
    amount: "Amount",
    to: (bank: string, number: string, name: string) => `To ${bank} ${number}, ${name}`,
    withdraw: "Withdraw",
    list: "Withdrawals",
  },
  id: {
    title: "Tarik ke bank Anda",
    amount: "Jumlah",
    to: (bank: string, number: string, name: string) => `Ke ${bank} ${number}, ${name}`,
    withdraw: "Tarik",
    list: "Penarikan",
  },
});

type Props = { readonly onClose: () => void };

/** Where it goes has to be known first. */
export function WithdrawDialog({ onClose }: Props) {
  const found = useQuery(queryOf("GET /v1/wallet/bank-account", {}));
  if (found.isLoading) return null;
  const account = found.data?.account;
  if (!account) return <FirstBankDialog onClose={onClose} />;
  return <Wish account={account} onClose={onClose} />;
}

function Wish({ account, onClose }: Props & { readonly account: Schemas["BankAccount"] }) {
  const once = useIntents();
  const withdraw = useMutation({
    mutationFn: (body: Schemas["Withdraw"]) =>
      once(body, (key) => call("POST /v1/wallet/withdrawals", { body }, { key })),
    onSuccess: async () => {
      onClose();
      await forgetWallet();
    },
  });
  return (
    <Dialog title={text.title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          withdraw.mutate({
            amountMinor: minorOf(form.get("amount")) ?? "",
            pin: String(form.get("pin") ?? ""),
          });
        }}
      >
        <p className="text-muted text-sm">
          {text.to(account.bank.toUpperCase(), account.accountNumber, account.holderName)}
        </p>
        <MoneyField
          label={text.amount}
          name="amount"
          required
          error={fieldError(withdraw.error, "body.amountMinor")}
        />
        <PinField />
        <Refusal error={withdraw.error} />
        <button type="submit" className="button button-primary" disabled={withdraw.isPending}>
          {text.withdraw}
        </button>
      </form>
    </Dialog>
  );
}

const PAGE = 10;
const toneOf = (state: Schemas["Payout"]["state"]) =>
  state === "completed" ? "good" : state === "failed" || state === "returned" ? "bad" : "brand";

export function Withdrawals() {
  const found = useInfiniteQuery(pagesOf("GET /v1/wallet/withdrawals", { query: { limit: PAGE } }));
  if (!found.data?.pages[0]?.items.length) return null;
  return (
    <section>
      <h2 className="section-title">{text.list}</h2>
      <Paged query={found} keyOf={({ id }) => id} className="panel divide-line divide-y py-1" empty={null}>
        {({ amount, bank, accountNumber, state, createdAt }) => (
          <div className="flex flex-wrap items-center justify-between gap-2 py-3 text-sm">
            <span>
              <strong>{bank.toUpperCase()}</strong> {accountNumber}
              <span className="text-muted block">{moment(createdAt)}</span>
            </span>
            <Tag tone={toneOf(state)}>{payoutWords[state]}</Tag>
            <strong className="tabular-nums">{money(amount)}</strong>
          </div>
        )}
      </Paged>
    </section>
  );
}
