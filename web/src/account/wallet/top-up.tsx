import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useCommand } from "../../api/command.ts";
import { queryOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { type Where, whereOf } from "../../checkout/method.ts";
import { MethodChoices, WhereField } from "../../checkout/method-choices.tsx";
import { leaveTo } from "../../checkout/pay.ts";
import { texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { fieldError } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";
import { Loaded, Rows } from "../../ui/loaded.tsx";
import { MoneyField, minorOf } from "../../ui/money-field.tsx";

const text = texts({
  en: {
    title: "Top up your wallet",
    amount: "Amount",
    how: "Pay by",
    pay: "Go on to pay",
  },
  id: {
    title: "Isi saldo dompet",
    amount: "Jumlah",
    how: "Bayar dengan",
    pay: "Lanjut bayar",
  },
});

type Body = Schemas["TopUp"];
type Method = Body["method"];

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
  const [where, setWhere] = useState<Where>({});
  const topUp = useCommand("POST /v1/payments/top-ups", {
    onDone: async ({ id: paymentId, action }) => {
      await navigate({ to: "/pay/$paymentId", params: { paymentId } });
      if (action.kind === "redirect") leaveTo(action.url);
    },
  });
  const send = (form: FormData) => {
    if (!method) return;
    const amountMinor = minorOf(form.get("amount")) ?? "";
    topUp.mutate({ body: { amountMinor, method, ...whereOf(method, where) } });
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
      <WhereField method={method} where={where} onChange={(change) => setWhere({ ...where, ...change })} />
    </Form>
  );
}
