import { MoreHorizontal } from "lucide-react";
import { useState } from "react";
import { useCommand } from "../api/command.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { count, texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, SelectField, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag } from "../ui/tag.tsx";
import { BlockPerson } from "./blocked.tsx";
import { Face } from "./face.tsx";
import { numbersIn } from "./numbers.ts";
import type { Talk } from "./talk.ts";

const text = texts({
  en: {
    title: "People in this group",
    you: "You",
    gone: "Somebody who has left Titan",
    owner: "Owner",
    admin: "Admin",
    here: "Online",
    more: (name: string) => `What to do about ${name}`,
    makeAdmin: "Make admin",
    makeMember: "No longer admin",
    remove: "Remove from the group",
    block: "Block",
    add: "Add somebody",
    number: "Account number",
    numberHint: "It begins with usr_. Who comes later reads what is said from then on.",
    slow: "Slow mode",
    slowHint: "How long everybody waits between two messages.",
    off: "Off",
    seconds: (n: string) => `${n} seconds`,
    minutes: (n: string) => `${n} min`,
  },
  id: {
    title: "Anggota grup ini",
    you: "Anda",
    gone: "Seseorang yang sudah meninggalkan Titan",
    owner: "Pemilik",
    admin: "Admin",
    here: "Online",
    more: (name: string) => `Tindakan untuk ${name}`,
    makeAdmin: "Jadikan admin",
    makeMember: "Bukan admin lagi",
    remove: "Keluarkan dari grup",
    block: "Blokir",
    add: "Tambah anggota",
    number: "Nomor akun",
    numberHint: "Diawali usr_. Anggota baru membaca pesan sejak ia bergabung.",
    slow: "Mode lambat",
    slowHint: "Jeda setiap orang di antara dua pesan.",
    off: "Nonaktif",
    seconds: (n: string) => `${n} detik`,
    minutes: (n: string) => `${n} menit`,
  },
});

type Group = Schemas["ChatSummary"];
type Person = Group["parties"][number];
type Props = { readonly group: Group; readonly here: Talk["here"]; readonly onClose: () => void };

/** The API's answer is the group as it is now; others hear of it by the room. */
const FORGET = { forget: ["GET /v1/chats/{conversationId}"] as const };

/** Who is in the group, and what one may do about it: its owner names admins, both add and remove. */
export function PeopleDialog({ group, here, onClose }: Props) {
  const me = group.parties.find(({ partyId }) => partyId === group.me);
  const isOwner = group.ownerId === group.me;
  const rank = ({ partyId, role }: Person) => (partyId === group.ownerId ? 0 : role === "admin" ? 1 : 2);
  return (
    <Dialog title={text.title} onClose={onClose}>
      <ul className="divide-line flex flex-col divide-y">
        {group.parties
          .toSorted((a, b) => rank(a) - rank(b))
          .map((person) => (
            <PersonRow
              key={person.partyId}
              person={person}
              group={group}
              isHere={here[person.partyId]?.isHere ?? person.isHere}
              mayRemove={
                isOwner ||
                (me?.role === "admin" && person.role === "member" && person.partyId !== group.ownerId)
              }
            />
          ))}
      </ul>
      {(isOwner || me?.role === "admin") && <AddPerson group={group} />}
      {isOwner && <SlowMode group={group} />}
    </Dialog>
  );
}

type RowProps = {
  readonly person: Person;
  readonly group: Group;
  readonly isHere: boolean;
  readonly mayRemove: boolean;
};

function PersonRow({ person, group, isHere, mayRemove }: RowProps) {
  const [isOpen, setOpen] = useState(false);
  const { partyId, role } = person;
  const isMe = partyId === group.me;
  const name = person.name ?? text.gone;
  return (
    <li className="py-2">
      <div className="flex items-center gap-3">
        <Face name={name} isHere={isHere && !isMe ? text.here : undefined} />
        <span className="min-w-0 flex-1 truncate font-semibold">{isMe ? `${name} (${text.you})` : name}</span>
        {partyId === group.ownerId ? (
          <Tag tone="brand">{text.owner}</Tag>
        ) : (
          role === "admin" && <Tag>{text.admin}</Tag>
        )}
        {!isMe && (
          <button
            type="button"
            className="nav-link px-2.5"
            aria-expanded={isOpen}
            aria-label={text.more(name)}
            onClick={() => setOpen(!isOpen)}
          >
            <MoreHorizontal size={18} aria-hidden />
          </button>
        )}
      </div>
      {isOpen && <Deeds person={person} group={group} mayRemove={mayRemove} />}
    </li>
  );
}

function Deeds({ person: { partyId, role }, group, mayRemove }: Omit<RowProps, "isHere">) {
  const [isBlocking, setBlocking] = useState(false);
  const path = { conversationId: group.id, userId: partyId };
  const put = useCommand("PUT /v1/chats/{conversationId}/people/{userId}", FORGET);
  const remove = useCommand("DELETE /v1/chats/{conversationId}/people/{userId}", FORGET);
  const other = role === "admin" ? "member" : "admin";
  const isOwner = group.ownerId === group.me;
  if (isBlocking) {
    return <BlockPerson userId={partyId} isTheirsToLeave={isOwner} onClose={() => setBlocking(false)} />;
  }
  return (
    <div className="flex flex-wrap gap-2 py-2 pl-14">
      {isOwner && (
        <button
          type="button"
          className="button button-quiet button-small"
          disabled={put.isPending}
          onClick={() => put.mutate({ path, body: { role: other } })}
        >
          {role === "admin" ? text.makeMember : text.makeAdmin}
        </button>
      )}
      {mayRemove && (
        <button
          type="button"
          className="button button-quiet button-small"
          disabled={remove.isPending}
          onClick={() => remove.mutate({ path })}
        >
          {text.remove}
        </button>
      )}
      <button type="button" className="button button-bad button-small" onClick={() => setBlocking(true)}>
        {text.block}
      </button>
      <Refusal error={put.error ?? remove.error} />
    </div>
  );
}

function AddPerson({ group }: { readonly group: Group }) {
  const [added, setAdded] = useState(0);
  const add = useCommand("PUT /v1/chats/{conversationId}/people/{userId}", {
    ...FORGET,
    onDone: () => setAdded(added + 1),
  });
  const put = (form: FormData) => {
    const typed = fieldOf(form, "number");
    const userId = numbersIn(typed)[0] ?? typed;
    add.mutate({ path: { conversationId: group.id, userId }, body: { role: "member" } });
  };
  return (
    <Form key={added} onSend={put} submit={text.add} command={add} className="border-line mt-3 border-t pt-4">
      <TextField
        label={text.number}
        hint={text.numberHint}
        name="number"
        autoComplete="off"
        spellCheck={false}
        required
        error={fieldError(add.error, "path.userId")}
      />
    </Form>
  );
}

const PAUSES = [0, 10, 30, 60, 300];
const MINUTE = 60;
const pauseOf = (seconds: number) =>
  seconds === 0
    ? text.off
    : seconds < MINUTE
      ? text.seconds(count(seconds))
      : text.minutes(count(seconds / MINUTE));

function SlowMode({ group: { id, slowModeSeconds } }: { readonly group: Group }) {
  const slow = useCommand("PUT /v1/chats/{conversationId}/slow-mode", FORGET);
  const pauses = [...new Set([...PAUSES, slowModeSeconds])].toSorted((a, b) => a - b);
  return (
    <div className="border-line mt-5 flex flex-col gap-3 border-t pt-4">
      <SelectField
        label={text.slow}
        hint={text.slowHint}
        value={slowModeSeconds}
        disabled={slow.isPending}
        onChange={({ target }) =>
          slow.mutate({ path: { conversationId: id }, body: { seconds: Number(target.value) } })
        }
      >
        {pauses.map((seconds) => (
          <option key={seconds} value={seconds}>
            {pauseOf(seconds)}
          </option>
        ))}
      </SelectField>
      <Refusal error={slow.error} />
    </div>
  );
}
