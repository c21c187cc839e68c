import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileText, Package, Phone } from "lucide-react";
import type { ChatMessage } from "#party/protocol/chat-room";
import { download } from "../api/client.ts";
import { count, money, texts } from "../shell/text.ts";
import { useObjectUrl } from "../ui/object-url.ts";
import { actingFor, type Side } from "./side.ts";

const text = texts({
  en: {
    order: "Order",
    units: (n: number) => (n === 1 ? "1 item" : `${count(n)} items`),
    picture: "Picture",
    file: "File",
    open: "Open",
    voice: "Voice message",
    call: "Video call",
    minutes: (n: string) => `${n} min`,
    missed: "Missed",
  },
  id: {
    order: "Pesanan",
    units: (n: number) => `${count(n)} barang`,
    picture: "Gambar",
    file: "Berkas",
    open: "Buka",
    voice: "Pesan suara",
    call: "Panggilan video",
    minutes: (n: string) => `${n} menit`,
    missed: "Tidak terjawab",
  },
});

type Card = NonNullable<ChatMessage["card"]>;
type Where = { readonly conversationId: string; readonly side: Side };

const FRAME = "bg-surface text-ink mb-1 flex min-w-52 items-center gap-3 rounded-control p-2 text-left";

/** What a message shows besides words, as it was when it was sent. */
export function MessageCard({ card, where }: { readonly card: Card; readonly where: Where }) {
  switch (card.kind) {
    case "product":
      return <ProductCard card={card} />;
    case "order":
      return <OrderCard card={card} side={where.side} />;
    case "file":
      return <FileCard card={card} where={where} />;
    case "call":
      return (
        <p className={FRAME}>
          <Phone size={20} aria-hidden />
          <span>
            {text.call} · {card.seconds > 0 ? text.minutes(count(Math.ceil(card.seconds / 60))) : text.missed}
          </span>
        </p>
      );
  }
}

const ProductCard = ({ card }: { readonly card: Extract<Card, { kind: "product" }> }) => (
  <Link to="/products/$slug" params={{ slug: card.slug }} className={FRAME}>
    {card.coverKey !== null && (
      <img
        src={`/v1/media/${card.coverKey}`}
        alt=""
        width={56}
        height={56}
        className="size-14 rounded-control object-cover"
      />
    )}
    <span className="min-w-0">
      <span className="line-clamp-2 text-sm font-semibold">{card.title}</span>
      {card.priceMinor !== null && (
        <span className="text-sm">{money({ minor: card.priceMinor, currency: card.currency })}</span>
      )}
    </span>
  </Link>
);

type OrderProps = { readonly card: Extract<Card, { kind: "order" }>; readonly side: Side };

const OrderCard = ({ card, side }: OrderProps) => (
  <Link to={`${side.orders}/${card.orderId}` as "/account"} className={FRAME}>
    <Package size={24} aria-hidden />
    <span>
      <span className="block text-sm font-semibold">{text.order}</span>
      <span className="text-sm">
        {text.units(card.units)} · {money({ minor: card.totalMinor, currency: card.currency })}
      </span>
    </span>
  </Link>
);

type FileProps = { readonly card: Extract<Card, { kind: "file" }>; readonly where: Where };

/** Files are for the two sides alone: the bytes are asked for with one's token, not by an address. */
function FileCard({ card, where }: FileProps) {
  const { conversationId, side } = where;
  const { attachmentId, contentType, width, height } = card;
  const { data } = useQuery({
    queryKey: ["chat file", attachmentId],
    queryFn: ({ signal }) =>
      download(
        "GET /v1/chats/{conversationId}/attachments/{attachmentId}",
        { path: { conversationId, attachmentId } },
        { signal, ...actingFor(side) },
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const url = useObjectUrl(data);
  if (contentType.startsWith("image/")) {
    const ratio = width && height ? `${width} / ${height}` : "4 / 3";
    return (
      <div
        className="bg-sunken mb-1 w-60 max-w-full overflow-hidden rounded-control"
        style={{ aspectRatio: ratio }}
      >
        {url !== undefined && (
          <a href={url} target="_blank" rel="noreferrer">
            <img src={url} alt={text.picture} className="h-full w-full object-cover" />
          </a>
        )}
      </div>
    );
  }
  if (contentType.startsWith("audio/")) {
    // biome-ignore lint/a11y/useMediaCaption: nobody has written down what somebody just said.
    return <audio className="mb-1 w-60 max-w-full" controls src={url} aria-label={text.voice} />;
  }
  return (
    <a className={FRAME} href={url} target="_blank" rel="noreferrer">
      <FileText size={24} aria-hidden />
      <span className="text-sm font-semibold">
        {`${text.file} · ${count(Math.ceil(card.bytes / 1_024))} kB`}
      </span>
    </a>
  );
}
