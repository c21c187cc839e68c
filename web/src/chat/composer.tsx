import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Paperclip, SendHorizontal, X, Zap } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useRef, useState } from "react";
import type { ChatMessage } from "#party/protocol/chat-room";
import { FILE_TYPES } from "#services/communication/chat/domain/files";
import { TEXT_CHARS_MAX } from "#services/communication/chat/domain/limits";
import { useIntents } from "../api/intent.ts";
import { queryOf } from "../api/queries.ts";
import { said, texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import type { About } from "./about.ts";
import { sendAbout, sendFile } from "./sending.ts";
import type { Speaking } from "./use-talk.ts";

const text = texts({
  en: {
    words: "Your message",
    send: "Send",
    attach: "Send a picture or a paper",
    sending: "Sending the file…",
    quick: "Quick replies",
    about: "You are asking about",
    order: "this order",
    drop: "Do not show it",
    replying: "Your answer to",
    blocked: "This conversation is blocked. Nobody can write in it.",
  },
  id: {
    words: "Pesan Anda",
    send: "Kirim",
    attach: "Kirim gambar atau dokumen",
    sending: "Mengirim berkas…",
    quick: "Balasan cepat",
    about: "Anda bertanya tentang",
    order: "pesanan ini",
    drop: "Jangan tampilkan",
    replying: "Jawaban Anda untuk",
    blocked: "Percakapan ini diblokir. Tidak ada yang dapat menulis.",
  },
});

type Props = {
  readonly conversationId: string;
  readonly about: About;
  readonly seller: string | undefined;
  readonly speaking: Speaking;
  readonly isBlocked: boolean;
  readonly replyTo: ChatMessage | undefined;
  readonly onReplied: () => void;
};

/** Where one writes. Enter sends, with Shift it begins a line. */
export function Composer(props: Props) {
  const { conversationId, about, seller, speaking, isBlocked, replyTo, onReplied } = props;
  const [words, setWords] = useState("");
  const navigate = useNavigate();
  const once = useIntents();
  const forgetAbout = () => navigate({ to: ".", search: {}, replace: true });
  const show = useMutation({
    mutationFn: (text: string) =>
      once({ about, text }, (cid) => sendAbout({ conversationId, seller, about, text, cid })),
    onSuccess: forgetAbout,
  });
  const hasAbout = about.product !== undefined || about.order !== undefined;
  const send = () => {
    const trimmed = words.trim();
    if (trimmed === "" || show.isPending) return;
    if (hasAbout) show.mutate(trimmed, { onSuccess: () => setWords("") });
    else {
      speaking.send(trimmed, replyTo?.id);
      setWords("");
      onReplied();
    }
  };
  if (isBlocked) return <p className="border-line text-muted border-t p-4 text-center">{text.blocked}</p>;
  return (
    <form
      className="border-line flex flex-col gap-2 border-t p-3"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Refusal error={show.error} />
      {hasAbout && <AboutChip about={about} onDrop={() => void forgetAbout()} />}
      {replyTo && <Chip label={text.replying} said={replyTo.text ?? ""} onDrop={onReplied} />}
      <div className="flex items-end gap-1.5">
        <Attach conversationId={conversationId} seller={seller} />
        {seller !== undefined && <QuickReplies seller={seller} onChosen={setWords} />}
        <Words value={words} onChange={setWords} onTyping={() => speaking.sayTyping()} onEnter={send} />
        <button
          type="submit"
          className="button button-primary h-10 px-3.5"
          aria-label={text.send}
          disabled={words.trim() === "" || show.isPending}
        >
          <SendHorizontal size={18} aria-hidden />
        </button>
      </div>
    </form>
  );
}

type WordsProps = {
  readonly value: string;
  readonly onChange: (words: string) => void;
  readonly onTyping: () => void;
  readonly onEnter: () => void;
};

function Words({ value, onChange, onTyping, onEnter }: WordsProps) {
  return (
    <textarea
      className="input h-auto max-h-36 min-h-10 flex-1 resize-none py-2"
      rows={1}
      maxLength={TEXT_CHARS_MAX}
      aria-label={text.words}
      placeholder={text.words}
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
        onTyping();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
        event.preventDefault();
        onEnter();
      }}
    />
  );
}

type ChipProps = { readonly label: string; readonly said: string; readonly onDrop: () => void };

const Chip = ({ label, said: words, onDrop }: ChipProps) => (
  <p className="bg-sunken flex items-center gap-2 rounded-control px-3 py-2 text-sm">
    <span className="min-w-0 flex-1 truncate">
      <span className="text-muted">{label}</span> {words}
    </span>
    <button type="button" aria-label={text.drop} onClick={onDrop}>
      <X size={16} aria-hidden />
    </button>
  </p>
);

function AboutChip({ about, onDrop }: { readonly about: About; readonly onDrop: () => void }) {
  const { data } = useQuery({
    ...queryOf("GET /v1/products/{idOrSlug}", { path: { idOrSlug: about.product ?? "" } }),
    enabled: about.product !== undefined,
  });
  const name = about.product === undefined ? text.order : said(data?.titles);
  return <Chip label={text.about} said={name} onDrop={onDrop} />;
}

type AttachProps = { readonly conversationId: string; readonly seller: string | undefined };

function Attach({ conversationId, seller }: AttachProps) {
  const input = useRef<HTMLInputElement>(null);
  const send = useMutation({
    mutationFn: (file: File) => sendFile({ conversationId, seller, file }),
    onSettled: () => {
      if (input.current) input.current.value = "";
    },
  });
  return (
    <>
      <input
        ref={input}
        type="file"
        className="sr-only"
        tabIndex={-1}
        aria-label={text.attach}
        accept={FILE_TYPES.join(",")}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) send.mutate(file);
        }}
      />
      <button
        type="button"
        className="nav-link px-2.5"
        aria-label={text.attach}
        disabled={send.isPending}
        onClick={() => input.current?.click()}
      >
        <Paperclip size={20} aria-hidden className={send.isPending ? "animate-pulse" : ""} />
      </button>
      {send.error && (
        <div className="absolute bottom-20 max-w-md">
          <Refusal error={send.error} />
        </div>
      )}
    </>
  );
}

type QuickProps = { readonly seller: string; readonly onChosen: (words: string) => void };

function QuickReplies({ seller, onChosen }: QuickProps) {
  const { data } = useQuery(queryOf("GET /v1/chats/shop-settings", {}, { seller }));
  const replies = data?.quickReplies ?? [];
  if (replies.length === 0) return null;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="nav-link px-2.5" aria-label={text.quick}>
        <Zap size={20} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" side="top" align="start" sideOffset={6}>
          {replies.map(({ title, text: words }) => (
            <DropdownMenu.Item key={title} className="menu-item" onSelect={() => onChosen(words)}>
              {title}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
