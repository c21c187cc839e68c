import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { locale } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { fieldError, SelectField, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { isOwner, type Role, useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Team",
    owner: "Owner",
    manager: "Manager",
    staff: "Staff",
    ownerHint: "everything, also people and money",
    managerHint: "everything but people and payouts",
    staffHint: "orders, chat and reviews",
    since: (at: string) => `since ${at}`,
    role: (who: string) => `Role of ${who}`,
    remove: "Remove",
    invited: "Invited",
    until: (at: string) => `the link holds until ${at}`,
    takeBack: "Take back",
    invite: "Invite somebody",
    email: "E-mail",
    asRole: "As",
    send: "Send the invitation",
    sent: "The invitation is on its way.",
  },
  id: {
    title: "Tim",
    owner: "Pemilik",
    manager: "Manajer",
    staff: "Staf",
    ownerHint: "semuanya, termasuk orang dan uang",
    managerHint: "semuanya kecuali orang dan pencairan",
    staffHint: "pesanan, obrolan, dan ulasan",
    since: (at: string) => `sejak ${at}`,
    role: (who: string) => `Peran ${who}`,
    remove: "Keluarkan",
    invited: "Diundang",
    until: (at: string) => `tautan berlaku sampai ${at}`,
    takeBack: "Tarik kembali",
    invite: "Undang seseorang",
    email: "Email",
    asRole: "Sebagai",
    send: "Kirim undangan",
    sent: "Undangan sedang dikirim.",
  },
});
const ROLES = ["owner", "manager", "staff"] as const;
const roleOf = (value: string): Role => ROLES.find((one) => one === value) ?? "staff";
const READS = ["GET /v1/sellers/{sellerId}/members"] as const;
type Member = Answer<"GET /v1/sellers/{sellerId}/members">["items"][number];

/** Who works in the shop and what they may do. */
export function TeamPage() {
  const shop = useShop();
  const path = { sellerId: shop.seller };
  const members = useQuery(queryOf("GET /v1/sellers/{sellerId}/members", { path }, shop));
  const takeBack = useCommand("DELETE /v1/sellers/{sellerId}/invitations/{invitationId}", { forget: READS });
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Loaded query={members}>
        {({ items, invitations }) => (
          <div className="flex flex-col gap-5">
            <ul className="panel divide-line divide-y py-1!">
              {items.map((member) => (
                <MemberRow key={member.id} member={member} />
              ))}
            </ul>
            {invitations.length > 0 && (
              <section className="panel">
                <h2 className="mb-2 text-lg font-bold">{text.invited}</h2>
                <ul className="divide-line divide-y">
                  {invitations.map(({ id, email, role, expiresAt }) => (
                    <li key={id} className="flex flex-wrap items-center gap-3 py-3">
                      <span className="min-w-0 flex-1 basis-52">
                        <strong className="block break-all">{email}</strong>
                        <span className="text-muted text-sm">
                          {text[role]}, {text.until(day(expiresAt))}
                        </span>
                      </span>
                      {isOwner(shop) && (
                        <button
                          type="button"
                          className="button button-quiet button-small"
                          onClick={() => takeBack.mutate({ path: { ...path, invitationId: id } })}
                        >
                          {text.takeBack}
                        </button>
                      )}
                    </li>
                  ))}
                </ul>
                <Refusal error={takeBack.error} />
              </section>
            )}
            {isOwner(shop) && <InviteForm key={invitations.length} />}
          </div>
        )}
      </Loaded>
    </>
  );
}

function MemberRow({ member }: { readonly member: Member }) {
  const shop = useShop();
  const path = { sellerId: shop.seller, memberId: member.id };
  const change = useCommand("PATCH /v1/sellers/{sellerId}/members/{memberId}", { forget: READS });
  const remove = useCommand("DELETE /v1/sellers/{sellerId}/members/{memberId}", { forget: READS });
  return (
    <li className="flex flex-wrap items-center gap-3 py-3">
      <span className="min-w-0 flex-1 basis-52">
        <strong className="block break-all">{member.email}</strong>
        <span className="text-muted text-sm">{text.since(day(member.since))}</span>
      </span>
      {isOwner(shop) ? (
        <>
          <select
            className="input w-auto!"
            aria-label={text.role(member.email)}
            value={member.role}
            disabled={change.isPending}
            onChange={({ target }) => change.mutate({ path, body: { role: roleOf(target.value) } })}
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {text[role]}
              </option>
            ))}
          </select>
          <button
            type="button"
            className="button button-bad button-small"
            aria-label={`${text.remove} ${member.email}`}
            disabled={remove.isPending}
            onClick={() => remove.mutate({ path })}
          >
            {text.remove}
          </button>
        </>
      ) : (
        <span>{text[member.role]}</span>
      )}
      <Refusal error={change.error ?? remove.error} />
    </li>
  );
}

function InviteForm() {
  const { seller } = useShop();
  const invite = useCommand("POST /v1/sellers/{sellerId}/invitations", { forget: READS });
  const send = (form: FormData) =>
    invite.mutate({
      path: { sellerId: seller },
      body: { email: fieldOf(form, "email"), role: roleOf(fieldOf(form, "role")), locale },
    });
  return (
    <Form className="panel max-w-xl" onSend={send} submit={text.send} command={invite}>
      <h2 className="text-lg font-bold">{text.invite}</h2>
      <TextField
        label={text.email}
        name="email"
        type="email"
        error={fieldError(invite.error, "body.email")}
        required
      />
      <SelectField label={text.asRole} name="role" defaultValue="staff">
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {text[role]} ({text[`${role}Hint`]})
          </option>
        ))}
      </SelectField>
      <p role="status" className="text-good text-sm font-semibold empty:hidden">
        {invite.isSuccess && text.sent}
      </p>
    </Form>
  );
}
