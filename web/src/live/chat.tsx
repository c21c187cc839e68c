import { Send } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { texts } from "../shell/text.ts";
import { refusalOf } from "./refusals.ts";
import type { Live, Message } from "./room.ts";
import type { Line, RoomHandle } from "./use-room.ts";

const text = texts({
  en: {
    chat: "Chat",
    write: "Say something…",
    send: "Send",
    host: "Host",
    crew: "Crew",
    back: "Connecting again…",
    out: "You are no longer in this room.",
    quiet: "Nobody has written yet. Say hello!",
  },
  id: {
    chat: "Obrolan",
    write: "Tulis sesuatu…",
    send: "Kirim",
    host: "Penyiar",
    crew: "Kru",
    back: "Menyambungkan kembali…",
    out: "Anda tidak lagi di ruangan ini.",
    quiet: "Belum ada yang menulis. Sapa duluan!",
  },
});

const CHARS_MAX = 300;
/** Whoever has scrolled further up than this reads, and is not pulled away. */
const NEAR_PX = 80;

type Props = {
  readonly line: Line;
  readonly room: RoomHandle | undefined;
};

/** What was said. Whoever has scrolled up reads, and is not pulled away by what comes. */
export function Messages({ live: { messages } }: { readonly live: Live }) {
  const list = useRef<HTMLUListElement>(null);
  const isNear = useRef(true);
  const last = messages.at(-1)?.seq;
  // A new message is what moves the list.
  useEffect(() => {
    const element = list.current;
    if (element && isNear.current && last !== undefined) element.scrollTop = element.scrollHeight;
  }, [last]);
  return (
    <ul
      ref={list}
      className="live-chat"
      aria-label={text.chat}
      aria-live="polite"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isNear.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
      }}
    >
      {messages.length === 0 && <li className="text-muted">{text.quiet}</li>}
      {messages.map((message) => (
        <Said key={message.seq} message={message} />
      ))}
    </ul>
  );
}

/** Where one writes, or why one cannot. */
export function Speaking({ line, room }: Props) {
  if (line.state === "closed") {
    return (
      <p className="notice" role="status">
        {text.out}
      </p>
    );
  }
  return (
    <>
      {line.state === "waiting" && (
        <p className="text-muted text-xs" role="status">
          {text.back}
        </p>
      )}
      <Write room={room} />
    </>
  );
}

const ROLES: { readonly [role: string]: string } = {
  host: text.host,
  cohost: text.crew,
  moderator: text.crew,
};

function Said({ message: { name, role, text: words } }: { readonly message: Message }) {
  const badge = ROLES[role];
  return (
    <li>
      <b>{name}</b>
      {badge !== undefined && <span className="tag tag-brand mr-1.5">{badge}</span>}
      {words}
    </li>
  );
}

/** Sent once, however often the line is lost meanwhile; what was refused is there again to be changed. */
function Write({ room }: Pick<Props, "room">) {
  const [words, setWords] = useState("");
  const [refusal, setRefusal] = useState("");
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const said = words.trim();
    if (said === "" || !room) return;
    setWords("");
    setRefusal("");
    try {
      await room.change({ t: "say", text: said });
    } catch (error) {
      setRefusal(refusalOf(error));
      setWords((now) => now || said);
    }
  };
  return (
    <form className="flex gap-2" onSubmit={(event) => void send(event)}>
      <div className="min-w-0 flex-1">
        <input
          className="input h-11"
          aria-label={text.write}
          placeholder={text.write}
          maxLength={CHARS_MAX}
          autoComplete="off"
          enterKeyHint="send"
          value={words}
          onChange={({ target }) => setWords(target.value)}
        />
        {refusal !== "" && (
          <p className="text-bad mt-1 text-xs" role="alert">
            {refusal}
          </p>
        )}
      </div>
      <button type="submit" className="button button-primary px-3" aria-label={text.send} disabled={!room}>
        <Send size={18} aria-hidden />
      </button>
    </form>
  );
}
