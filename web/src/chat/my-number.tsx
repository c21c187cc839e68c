import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { Copy } from "../ui/copy.tsx";

const text = texts({
  en: { own: "Your account number", hint: "Who has it can add you to a group." },
  id: { own: "Nomor akun Anda", hint: "Siapa yang memilikinya dapat memasukkan Anda ke grup." },
});

/** What one gives to others so that they can add one. */
export function MyNumber() {
  const { data } = useQuery(queryOf("GET /v1/auth/account", {}));
  return (
    <section className="border-line mt-5 border-t pt-4">
      <h3 className="field-label">{text.own}</h3>
      {data ? <Copy value={data.userId} label={text.own} /> : <div className="skeleton h-10" aria-busy />}
      <p className="field-hint">{text.hint}</p>
    </section>
  );
}
