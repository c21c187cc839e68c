import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { SelectField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";
import type { Show } from "./show-states.ts";

const text = texts({
  en: {
    title: "Crew",
    who: "Who of your team?",
    role: "As",
    cohost: "Co-host",
    moderator: "Moderator",
    add: "Add to the crew",
    remove: "Take out",
  },
  id: {
    title: "Kru",
    who: "Siapa dari tim Anda?",
    role: "Sebagai",
    cohost: "Pembawa acara",
    moderator: "Moderator",
    add: "Tambahkan ke kru",
    remove: "Keluarkan",
  },
});
const READS = ["GET /v1/livestreams/{livestreamId}/crew"] as const;

/** Who of the shop runs the show along with its host. */
export function StudioCrew({ show }: { readonly show: Show }) {
  const shop = useShop();
  const path = { livestreamId: show.id };
  const crew = useQuery(queryOf("GET /v1/livestreams/{livestreamId}/crew", { path }, shop));
  const team = useQuery(
    queryOf("GET /v1/sellers/{sellerId}/members", { path: { sellerId: shop.seller } }, shop),
  );
  const name = "/v1/livestreams/{livestreamId}/crew/{userId}";
  const add = useCommand(`PUT ${name}`, { forget: READS });
  const remove = useCommand(`DELETE ${name}`, { forget: READS });
  const nameOf = (userId: string) => team.data?.items.find((one) => one.userId === userId)?.email ?? userId;
  const send = (form: FormData) => {
    const role = fieldOf(form, "role") === "cohost" ? "cohost" : "moderator";
    add.mutate({ path: { ...path, userId: fieldOf(form, "who") }, body: { role } });
  };
  return (
    <details className="panel">
      <summary className="cursor-pointer text-lg font-bold">{text.title}</summary>
      <ul className="divide-line my-3 divide-y empty:hidden">
        {crew.data?.items.map(({ userId, role }) => (
          <li key={userId} className="flex flex-wrap items-center gap-3 py-2.5">
            <span className="min-w-0 flex-1 break-all">{nameOf(userId)}</span>
            <span className="text-muted text-sm">{text[role]}</span>
            <button
              type="button"
              className="button button-quiet button-small"
              aria-label={`${text.remove}: ${nameOf(userId)}`}
              disabled={remove.isPending}
              onClick={() => remove.mutate({ path: { ...path, userId } })}
            >
              {text.remove}
            </button>
          </li>
        ))}
      </ul>
      <Refusal error={remove.error} />
      <Form className="mt-3" onSend={send} submit={text.add} command={add}>
        <SelectField label={text.who} name="who" required>
          {team.data?.items.map(({ userId, email }) => (
            <option key={userId} value={userId}>
              {email}
            </option>
          ))}
        </SelectField>
        <SelectField label={text.role} name="role">
          <option value="moderator">{text.moderator}</option>
          <option value="cohost">{text.cohost}</option>
        </SelectField>
      </Form>
    </details>
  );
}
