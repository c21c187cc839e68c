import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/client.ts";
import { queryClient, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useIsSignedIn } from "../session/session.ts";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { draft, intentKey, useDraft } from "./draft.ts";
import { whereOf } from "./method.ts";
import { MethodChoices, WhereField } from "./method-choices.tsx";
import { isRefusal } from "./open.ts";
import { leaveTo, type Payment } from "./pay.ts";

const text = texts({
  en: { title: "Pay another way", submit: "Go on" },
  id: { title: "Bayar dengan cara lain", submit: "Lanjutkan" },
});

type Method = Schemas["PayAgain"]["method"];
type Props = { readonly payment: Payment; readonly isOpen: boolean };

/** Another try for the same orders; the one before is given up with it. */
export function OtherWay({ payment, isOpen }: Props) {
  const isMember = useIsSignedIn();
  const [method, setMethod] = useState<Method>();
  const where = useDraft();
  const again = usePayAgain(payment);
  const market = useQuery(queryOf("GET /v1/payments/methods", {}));
  const methods = (market.data?.methods ?? []).filter(
    (one): one is Method => one !== "cod" && (one !== "wallet" || isMember),
  );
  return (
    <details className="panel mt-4" open={isOpen}>
      <summary className="cursor-pointer font-semibold">{text.title}</summary>
      <form
        className="form mt-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (method) again.mutate(method);
        }}
      >
        <MethodChoices
          legend={text.title}
          isLegendHidden
          methods={methods}
          chosen={method}
          of={{ minor: BigInt(payment.amount.minor), limits: market.data?.limits ?? [] }}
          onChoose={setMethod}
        />
        <WhereField method={method} where={where} onChange={draft.set} />
        <Refusal error={again.error} />
        <button type="submit" className="button button-quiet self-start" disabled={again.isPending}>
          {text.submit}
        </button>
      </form>
    </details>
  );
}

function usePayAgain({ orderGroupId, id }: Payment) {
  const navigate = useNavigate();
  const where = useDraft();
  return useMutation({
    mutationFn: (method: Method) => {
      const body = { orderGroupId, method, ...whereOf(method, where) };
      return call("POST /v1/payments", { body }, { key: intentKey(JSON.stringify([id, body])) });
    },
    onError: (error) => {
      if (isRefusal(error)) draft.set({ intent: undefined });
    },
    onSuccess: async (made) => {
      draft.set({ intent: undefined });
      queryClient.removeQueries({ queryKey: ["GET /v1/payments/{paymentId}"] });
      await navigate({ to: "/pay/$paymentId", params: { paymentId: made.id }, replace: true });
      if (made.action.kind === "redirect") leaveTo(made.action.url);
    },
  });
}
