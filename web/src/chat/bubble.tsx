import { Check, CheckCheck, Clock, MoreHorizontal } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import type { ChatMessage } from "#party/protocol/chat-room";
import { EMOJI } from "#services/communication/chat/domain/limits";
import { texts } from "../shell/text.ts";
import { clock } from "../shell/when.ts";
import { fieldOf } from "../ui/form.tsx";
import { MessageCard } from "./card.tsx";
import { refusalOf } from "./refusals.ts";
import { ReportDialog } from "./report.tsx";
import type { Side } from "./side.ts";
import { isReadByAll, type Pending, type Talk } from "./talk.ts";
import type { Speaking } from "./use-talk.ts";

const text = texts({
  en: {
    deleted: "This message was taken back.",
    edited: "edited",
    auto: "Automatic answer",
    masked: "Contact and payment details were hidden. Stay on Titan, where your money is safe.",
    read: "Read",
    sent: "Sent",
    sending: "Sending",
    again: "Send again",
    discard: "Discard",
    more: "What to do with this message",
    reply: "Reply",
    edit: "Edit",
    remove: "Take back",
    report: "Report",
    react: (emoji: string) => `React with ${emoji}`,
  },
  id: {
    deleted: "Pesan ini ditarik kembali.",
    edited: "diedit",
    auto: "Jawaban otomatis",
    masked: "Data kontak dan pembayaran disembunyikan. Tetap di Titan agar uang Anda aman.",
    read: "Dibaca",
    sent: "Terkirim",
    sending: "Mengirim",
    again: "Kirim lagi",
    discard: "Buang",
    more: "Tindakan untuk pesan ini",
    reply: "Balas",
    edit: "Edit",
    remove: "Tarik",
    report: "Laporkan",
    react: (emoji: string) => `Beri ${emoji}`,
  },
});

type Where = { readonly conversationId: string; readonly side: Side };
type Props = {
  readonly message: ChatMessage;
  readonly talk: Talk;
  readonly speaking: Speaking;
  readonly where: Where;
  /** Said above what others say in a group. */
  readonly author?: string | undefined;
  readonly onReply: (message: ChatMessage) => void;
};

/** One message, with what may be done with it. */
export function Bubble(props: Props) {
  const { message, talk, speaking, where, author } = props;
  const isMine = message.partyId === talk.me;
  const [isEditing, setEditing] = useState(false);
  const [isReporting, setReporting] = useState(false);
  const [refusal, setRefusal] = useState("");
  const change = (work: Promise<unknown> | undefined) => {
    setRefusal("");
    work?.catch((error: unknown) => setRefusal(refusalOf(error)));
  };
  const replied = talk.messages.find(({ id }) => id === message.replyTo);
  return (
    <div className={`group flex items-end gap-1 ${isMine ? "flex-row-reverse" : ""}`}>
      <div className={`bubble ${isMine ? "bubble-mine" : "bubble-theirs"}`}>
        {author !== undefined && !isMine && (
          <p className="text-brand mb-0.5 truncate text-xs font-bold">{author}</p>
        )}
        {replied && (
          <p className="border-current/30 mb-1 line-clamp-2 border-l-2 pl-2 text-xs">
            {replied.text ?? text.deleted}
          </p>
        )}
        {message.card && message.deletedAt === null && <MessageCard card={message.card} where={where} />}
        <Words
          message={message}
          isEditing={isEditing}
          onEdited={(words) => {
            setEditing(false);
            if (words !== "" && words !== message.text) change(speaking.edit(message.id, words));
          }}
        />
        {refusal !== "" && (
          <p className="mt-1 text-xs font-semibold" role="alert">
            {refusal}
          </p>
        )}
        {message.isMasked && <p className="mt-1 text-xs">{text.masked}</p>}
        <Below message={message} talk={talk} isMine={isMine} />
        <Reactions message={message} talk={talk} speaking={speaking} />
      </div>
      {message.deletedAt === null && talk.line !== "closed" && (
        <Menu
          {...props}
          isMine={isMine}
          onEdit={() => setEditing(true)}
          onRemove={() => change(speaking.remove(message.id))}
          onReport={() => setReporting(true)}
        />
      )}
      {isReporting && (
        <ReportDialog messageId={message.id} where={where} onClose={() => setReporting(false)} />
      )}
    </div>
  );
}

type WordsProps = {
  readonly message: ChatMessage;
  readonly isEditing: boolean;
  readonly onEdited: (words: string) => void;
};

function Words({ message, isEditing, onEdited }: WordsProps) {
  if (message.deletedAt !== null) return <p className="italic">{text.deleted}</p>;
  if (message.text === null) return null;
  if (!isEditing) return <p className="break-words whitespace-pre-wrap">{message.text}</p>;
  return (
    <form action={(form) => onEdited(fieldOf(form, "text"))} className="flex gap-2">
      {/* biome-ignore lint/a11y/noAutofocus: it was just asked for, and this is where the words go. */}
      <input className="input" name="text" defaultValue={message.text} aria-label={text.edit} autoFocus />
      <button type="submit" className="button button-quiet button-small" aria-label={text.edit}>
        <Check size={16} aria-hidden />
      </button>
    </form>
  );
}

type BelowProps = { readonly message: ChatMessage; readonly talk: Talk; readonly isMine: boolean };

function Below({ message, talk, isMine }: BelowProps) {
  const isRead = isMine && isReadByAll(talk, message);
  const Mark = isRead ? CheckCheck : Check;
  return (
    <p className="mt-0.5 flex items-center justify-end gap-1 text-xs">
      {message.isAuto && !message.card && <span className="mr-auto">{text.auto}</span>}
      {message.editedAt !== null && message.deletedAt === null && <span>{text.edited}</span>}
      <time dateTime={new Date(message.at).toISOString()}>{clock(new Date(message.at).toISOString())}</time>
      {isMine && <Mark size={14} aria-label={isRead ? text.read : text.sent} role="img" />}
    </p>
  );
}

function Reactions({ message, talk, speaking }: Pick<Props, "message" | "talk" | "speaking">) {
  const given = EMOJI.flatMap((emoji) => {
    const by = message.reactions[emoji] ?? [];
    return by.length > 0 ? [{ emoji, by }] : [];
  });
  if (given.length === 0) return null;
  return (
    <div className="mt-1 flex flex-wrap gap-1">
      {given.map(({ emoji, by }) => {
        const isOn = by.some((partyId) => partyId === talk.me);
        return (
          <button
            key={emoji}
            type="button"
            className="bg-surface text-ink rounded-full px-2 text-xs"
            aria-pressed={isOn}
            aria-label={text.react(emoji)}
            onClick={() => void speaking.react(message.id, emoji, !isOn)}
          >
            {emoji} {by.length > 1 ? by.length : ""}
          </button>
        );
      })}
    </div>
  );
}

type MenuProps = Props & {
  readonly isMine: boolean;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
  readonly onReport: () => void;
};

function Menu({ message, speaking, isMine, onReply, onEdit, onRemove, onReport }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="nav-link bubble-more px-2">
        <MoreHorizontal size={18} aria-label={text.more} role="img" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <div className="flex px-1 pb-1">
            {EMOJI.map((emoji) => (
              <DropdownMenu.Item
                key={emoji}
                className="menu-item px-2"
                aria-label={text.react(emoji)}
                onSelect={() => void speaking.react(message.id, emoji, true)}
              >
                {emoji}
              </DropdownMenu.Item>
            ))}
          </div>
          <DropdownMenu.Item className="menu-item" onSelect={() => onReply(message)}>
            {text.reply}
          </DropdownMenu.Item>
          {isMine && message.text !== null && (
            <DropdownMenu.Item className="menu-item" onSelect={onEdit}>
              {text.edit}
            </DropdownMenu.Item>
          )}
          {isMine && (
            <DropdownMenu.Item className="menu-item" onSelect={onRemove}>
              {text.remove}
            </DropdownMenu.Item>
          )}
          {!isMine && (
            <DropdownMenu.Item className="menu-item" onSelect={onReport}>
              {text.report}
            </DropdownMenu.Item>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

type WaitingProps = { readonly pending: Pending; readonly speaking: Speaking };

/** A message on its way, or one that was refused. */
export function Waiting({ pending, speaking }: WaitingProps) {
  const { cid, text: words, refusal } = pending;
  return (
    <div className="flex flex-col items-end gap-1">
      <div className="bubble bubble-mine">
        <p className="break-words whitespace-pre-wrap">{words}</p>
        <p className="mt-0.5 flex justify-end text-xs">
          {refusal === undefined && <Clock size={14} role="img" aria-label={text.sending} />}
        </p>
      </div>
      {refusal !== undefined && (
        <p className="text-bad flex flex-wrap items-center gap-2 text-sm" role="alert">
          {refusal}
          <button
            type="button"
            className="font-semibold underline"
            onClick={() => speaking.sendAgain(pending)}
          >
            {text.again}
          </button>
          <button type="button" className="font-semibold underline" onClick={() => speaking.dismiss(cid)}>
            {text.discard}
          </button>
        </p>
      )}
    </div>
  );
}
