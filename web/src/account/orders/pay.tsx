import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { useIntents } from "../../api/intent.ts";
import { queryOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { type Where, whereOf } from "../../checkout/method.ts";
import { MethodChoices, WhereField } from "../../checkout/method-choices.tsx";
import { money, texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import type { Order } from "./words.ts";

const text = texts({
  en: {
    title: "Pay for your purchase",
    all: "All orders of this purchase are paid together.",
    this: "This order",
    how: "How do you want to pay?",
    pay: "Go on to pay",
  },
  id: {
    title: "Bayar pembelian Anda",
    all: "Semua pesanan dari pembelian ini dibayar sekaligus.",
    this: "Pesanan ini",
    how: "Bagaimana Anda ingin membayar?",
    pay: "Lanjut membayar",
  },
});

type Method = Schemas["PayAgain"]["method"];

type Props = { readonly order: Order; readonly onClose: () => void };

/** Another try to pay for the purchase, by the same method or by another; its page goes on from there. */
export function PayDialog({ order, onClose }: Props) {
  const navigate = useNavigate();
  const once = useIntents();
  const { orderGroupId, paymentMethod, total } = order;
  const market = useQuery(queryOf("GET /v1/payments/methods", {}));
  const methods = (market.data?.methods ?? []).filter((one): one is Method => one !== "cod");
  const [chosen, setMethod] = useState<Method>();
  const method = chosen ?? methods.find((one) => one === paymentMethod) ?? methods[0] ?? "card";
  const [where, setWhere] = useState<Where>({});
  const pay = useMutation({
    mutationFn: () => {
      const body = { orderGroupId, method, ...whereOf(method, where) };
      return once(body, (key) => call("POST /v1/payments", { body }, { key }));
    },
    onSuccess: ({ id: paymentId }) => navigate({ to: "/pay/$paymentId", params: { paymentId } }),
  });
  return (
    <Dialog title={text.title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          pay.mutate();
        }}
      >
        <p className="text-muted text-sm">{text.all}</p>
        <p className="flex justify-between font-semibold">
          <span>{text.this}</span>
          <span className="tabular-nums">{money(total)}</span>
        </p>
        <MethodChoices legend={text.how} methods={methods} chosen={method} onChoose={setMethod} />
        <WhereField method={method} where={where} onChange={(change) => setWhere({ ...where, ...change })} />
        <Refusal error={pay.error} />
        <button type="submit" className="button button-primary" disabled={pay.isPending}>
          {text.pay}
        </button>
      </form>
    </Dialog>
  );
}
