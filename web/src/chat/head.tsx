import { Link } from "@tanstack/react-router";
import { ArrowLeft, Users } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Schemas } from "../api/schema.gen.ts";
import { count, texts } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Face } from "./face.tsx";
import { ConversationMenu } from "./menu.tsx";
import { PeopleDialog } from "./people.tsx";
import { personNames } from "./person-names.ts";
import type { Side } from "./side.ts";
import type { Talk } from "./talk.ts";

const text = texts({
  en: {
    back: "All messages",
    here: "Online",
    seen: (when: string) => `Active ${when}`,
    typing: "is writing…",
    someType: (names: string) => `${names}: writing…`,
    people: (n: string) => `${n} people`,
    alone: "Only you",
    online: (n: string) => `${n} online`,
    show: "People in this group",
  },
  id: {
    back: "Semua pesan",
    here: "Online",
    seen: (when: string) => `Aktif ${when}`,
    typing: "sedang menulis…",
    someType: (names: string) => `${names}: menulis…`,
    people: (n: string) => `${n} orang`,
    alone: "Hanya Anda",
    online: (n: string) => `${n} online`,
    show: "Anggota grup ini",
  },
});

type Props = {
  readonly summary: Schemas["ChatSummary"];
  readonly talk: Talk;
  readonly side: Side;
};

/** Who is at the other side, and whether he is there. */
export function Head({ summary, talk, side }: Props) {
  const { name, slug } = summary;
  const other = summary.parties.find(({ partyId }) => partyId !== summary.me);
  const here = other && talk.here[other.partyId];
  const isTyping = other !== undefined && other.partyId in talk.typing;
  const title =
    slug === null ? (
      name
    ) : (
      <Link to="/shops/$slug" params={{ slug }} className="hover:text-brand">
        {name}
      </Link>
    );
  return (
    <Bar
      side={side}
      face={<Face name={name} />}
      title={title}
      state={isTyping ? text.typing : here?.isHere ? text.here : lastSeen(here?.lastSeenAt)}
    >
      <ConversationMenu summary={summary} isBlocked={talk.isBlocked} seller={side.seller} />
    </Bar>
  );
}

const lastSeen = (at: number | null | undefined) =>
  typeof at === "number" ? text.seen(fromNow(new Date(at).toISOString())) : "";

/** A group: how many they are, who is there, who is writing. */
export function GroupHead({ summary, talk, side }: Props) {
  const [isShown, setShown] = useState(false);
  const others = summary.parties.filter(({ partyId }) => partyId !== summary.me);
  const nameOf = personNames(summary);
  const typing = others.filter(({ partyId }) => partyId in talk.typing).map(({ partyId }) => nameOf(partyId));
  const here = others.filter(({ partyId, isHere }) => talk.here[partyId]?.isHere ?? isHere).length;
  const size = others.length === 0 ? text.alone : text.people(count(summary.parties.length));
  return (
    <Bar
      side={side}
      face={<Face name={summary.name} isGroup />}
      title={summary.name}
      state={
        typing.length > 0
          ? text.someType(typing.join(", "))
          : here > 0
            ? `${size} · ${text.online(count(here))}`
            : size
      }
    >
      <button type="button" className="nav-link px-2.5" aria-label={text.show} onClick={() => setShown(true)}>
        <Users size={20} aria-hidden />
      </button>
      <ConversationMenu summary={summary} isBlocked={talk.isBlocked} seller={side.seller} />
      {isShown && <PeopleDialog group={summary} here={talk.here} onClose={() => setShown(false)} />}
    </Bar>
  );
}

type BarProps = {
  readonly side: Side;
  readonly face: ReactNode;
  readonly title: ReactNode;
  readonly state: string;
  readonly children: ReactNode;
};

const Bar = ({ side, face, title, state, children }: BarProps) => (
  <header className="border-line flex items-center gap-3 border-b p-3">
    <Link to={side.desk} className="nav-link px-2.5 lg:hidden" aria-label={text.back}>
      <ArrowLeft size={20} aria-hidden />
    </Link>
    {face}
    <div className="min-w-0 flex-1">
      <h2 className="truncate font-bold">{title}</h2>
      <p className="text-muted h-5 truncate text-sm" role="status">
        {state}
      </p>
    </div>
    {children}
  </header>
);
