import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useCommand } from "../../api/command.ts";
import { queryOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { BANKS, STORES, whereOf } from "../../checkout/method.ts";
import { BankOptions, MethodChoices, StoreOptions } from "../../checkout/method-choices.tsx";
import { leaveTo } from "../../checkout/pay.ts";
import { texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { fieldError, SelectField } from "../../ui/field.tsx";
import { Form, fieldOf } from "../../ui/form.tsx";
import { Loaded, Rows } from "../../ui/loaded.tsx";
import { MoneyField, minorOf } from "../../ui/money-field.tsx";

const text = texts({
  en: {
    title: "Top up your wallet",
    amount: "Amount",
    how: "Pay by",
    bank: "Bank",
    store: "Shop",
    pay: "Go on to pay",
  },
  id: {
    title: "Isi saldo dompet",
    amount: "Jumlah",
    how: "Bayar dengan",
    bank: "Bank",
    store: "Gerai",
    pay: "Lanjut bayar",
  },
});

type Body = Schemas["TopUp"];
type Method = Body["method"];
const isBank = (bank: string): bank is keyof typeof BANKS => Object.hasOwn(BANKS, bank);
const isStore = (store: string): store is keyof typeof STORES => Object.hasOwn(STORES, store);

/** Cash for the wallet, paid as an order is; it is there when it has come. */
export function TopUpDialog({ onClose }: { readonly onClose: () => void }) {
  const market = useQuery(queryOf("GET /v1/payments/methods", {}));
  return (
    <Dialog title={text.title} onClose={onClose}>
      <Loaded query={market} skeleton={<Rows count={2} />}>
        {({ methods }) => (
          <Fields methods={methods.filter((one): one is Method => one !== "wallet" && one !== "cod")} />
        )}
      </Loaded>
    </Dialog>
  );
}

function Fields({ methods }: { readonly methods: readonly Method[] }) {
  const navigate = useNavigate();
  const [method, setMethod] = useState<Method | undefined>(methods[0]);
  const topUp = useCommand("POST /v1/payments/top-ups", {
    onDone: async ({ id: paymentId, action }) => {
      await navigate({ to: "/pay/$paymentId", params: { paymentId } });
      if (action.kind === "redirect") leaveTo(action.url);
    },
  });
  const send = (form: FormData) => {
    if (!method) return;
    const amountMinor = minorOf(form.get("amount")) ?? "";
    const [bank, store] = [fieldOf(form, "bank"), fieldOf(form, "store")];
    const where = whereOf(method, {
      bank: isBank(bank) ? bank : undefined,
      store: isStore(store) ? store : undefined,
    });
    topUp.mutate({ body: { amountMinor, method, ...where } });
  };
  return (
    <Form onSend={send} submit={text.pay} command={topUp}>
      <MoneyField
        label={text.amount}
        name="amount"
        error={fieldError(topUp.error, "body.amountMinor")}
        required
      />
      <MethodChoices legend={text.how} methods={methods} chosen={method} onChoose={setMethod} />
      {method === "virtual_account" && (
        <SelectField label={text.bank} name="bank">
          <BankOptions />
        </SelectField>
      )}
      {method === "convenience_store" && (
        <SelectField label={text.store} name="store">
          <StoreOptions />
        </SelectField>
      )}
    </Form>
  );
}
