import { useQuery } from "@tanstack/react-query";
import { Pin, PinOff, Trash2 } from "lucide-react";
import { useState } from "react";
import { queryOf } from "../api/queries.ts";
import type { Live } from "../live/room.ts";
import { texts } from "../shell/text.ts";
import { Form, fieldOf } from "../ui/form.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag } from "../ui/tag.tsx";
import { OfferField } from "./offer-field.tsx";
import { useShop } from "./shop.ts";
import type { Show } from "./show-states.ts";
import { useStage } from "./stage.ts";

const text = texts({
  en: {
    title: "Product bag",
    none: "Nothing in the bag yet. What is in it can be pinned, dealt and auctioned.",
    add: "Put into the bag",
    offer: "Offer",
    pin: "Pin",
    unpin: "Unpin",
    pinned: "Pinned",
    remove: "Take out",
  },
  id: {
    title: "Tas produk",
    none: "Tas masih kosong. Isi tas dapat disematkan, dijual promo, dan dilelang.",
    add: "Masukkan ke tas",
    offer: "Penawaran",
    pin: "Sematkan",
    unpin: "Lepas sematan",
    pinned: "Disematkan",
    remove: "Keluarkan",
  },
});
type Props = { readonly show: Show; readonly live: Live | undefined };

/** What is shown in the show; one of it stands above the picture. */
export function StudioBag({ show, live }: Props) {
  const [filled, setFilled] = useState(0);
  const stage = useStage(show);
  const fill = useStage(show, () => setFilled(filled + 1));
  const bag = live?.bag ?? [];
  const ids = bag.map(({ offerId }) => offerId);
  const add = (form: FormData) =>
    fill.direct({ t: "bag", offerIds: [...new Set([...ids, fieldOf(form, "offer")])] });
  return (
    <section className="panel">
      <h2 className="mb-2 text-lg font-bold">{text.title}</h2>
      {bag.length === 0 && <p className="text-muted mb-3">{text.none}</p>}
      <ul className="divide-line mb-3 divide-y">
        {bag.map(({ offerId, title }) => {
          const isPinned = live?.pinned === offerId;
          return (
            <li key={offerId} className="flex flex-wrap items-center gap-3 py-2.5">
              <span className="min-w-0 flex-1 basis-40 font-semibold">
                {title} {isPinned && <Tag tone="brand">{text.pinned}</Tag>}
              </span>
              <button
                type="button"
                className="button button-quiet button-small"
                aria-label={`${isPinned ? text.unpin : text.pin} ${title}`}
                disabled={stage.isPending}
                onClick={() => stage.direct({ t: "pin", offerId: isPinned ? null : offerId })}
              >
                {isPinned ? <PinOff size={16} aria-hidden /> : <Pin size={16} aria-hidden />}
                {isPinned ? text.unpin : text.pin}
              </button>
              <button
                type="button"
                className="button button-small text-muted px-2.5"
                aria-label={`${text.remove} ${title}`}
                disabled={stage.isPending}
                onClick={() => stage.direct({ t: "bag", offerIds: ids.filter((id) => id !== offerId) })}
              >
                <Trash2 size={18} aria-hidden />
              </button>
            </li>
          );
        })}
      </ul>
      <Form key={filled} onSend={add} submit={text.add} command={fill}>
        <OfferField label={text.offer} name="offer" />
      </Form>
      <Refusal error={stage.error} />
    </section>
  );
}

/** One of what is in the bag. */
export function BagField({ live }: { readonly live: Live | undefined }) {
  const offers = useQuery({
    ...queryOf("GET /v1/offers", { query: { limit: 100 } }, useShop()),
    enabled: live !== undefined,
  });
  const skuOf = (id: string) => offers.data?.items.find((one) => one.id === id)?.sku;
  return (
    <label className="block">
      <span className="field-label">{text.offer}</span>
      <select className="input" name="offer" required>
        {live?.bag.map(({ offerId, title }) => (
          <option key={offerId} value={offerId}>
            {[title, skuOf(offerId)].filter(Boolean).join(", ")}
          </option>
        ))}
      </select>
    </label>
  );
}
