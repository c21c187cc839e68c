import { useMutation } from "@tanstack/react-query";
import { ArrowLeft, ArrowRight, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { upload } from "../api/client.ts";
import { forgetReads } from "../api/queries.ts";
import { locale } from "../shell/page.ts";
import { said, texts } from "../shell/text.ts";
import { FileButton } from "../ui/file-button.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import type { Product } from "./product-draft.ts";
import { PRODUCT_READS } from "./product-states.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Pictures",
    intro: "Up to nine pictures (JPEG, PNG, WebP, GIF) and one video (MP4). The first one is the cover.",
    add: "Add pictures",
    earlier: "Move forward",
    later: "Move back",
    remove: "Remove",
    alt: "What it shows",
    altHint: "For people who do not see it.",
    cover: "Cover",
  },
  id: {
    title: "Foto",
    intro: "Hingga sembilan foto (JPEG, PNG, WebP, GIF) dan satu video (MP4). Yang pertama jadi sampul.",
    add: "Tambah foto",
    earlier: "Geser ke depan",
    later: "Geser ke belakang",
    remove: "Hapus",
    alt: "Isi gambar",
    altHint: "Untuk orang yang tidak dapat melihatnya.",
    cover: "Sampul",
  },
});
const ACCEPTED = "image/jpeg,image/png,image/webp,image/gif,video/mp4";

/** The product's pictures and video, in their order. */
export function MediaPanel({ product }: { readonly product: Product }) {
  const shop = useShop();
  const path = { productId: product.id };
  const add = useMutation({
    mutationFn: async (files: readonly File[]) => {
      for (const file of files) await upload("POST /v1/products/{productId}/media", { path }, file, shop);
    },
    onSettled: () => forgetReads(PRODUCT_READS),
  });
  return (
    <section className="panel">
      <h2 className="text-lg font-bold">{text.title}</h2>
      <p className="text-muted mb-4 text-sm">{text.intro}</p>
      <ul className="mb-4 grid grid-cols-2 gap-3 empty:hidden sm:grid-cols-3 lg:grid-cols-4">
        {product.media.map((medium, at) => (
          <Medium key={medium.id} product={product} at={at} />
        ))}
      </ul>
      <FileButton label={text.add} accept={ACCEPTED} multiple disabled={add.isPending} onFiles={add.mutate} />
      <Refusal error={add.error} />
    </section>
  );
}

type MediumProps = { readonly product: Product; readonly at: number };

function Medium({ product, at }: MediumProps) {
  const { media, id: productId } = product;
  const medium = media[at];
  const arrange = useCommand("PUT /v1/products/{productId}/media", { forget: PRODUCT_READS });
  const remove = useCommand("DELETE /v1/products/{productId}/media/{mediaId}", { forget: PRODUCT_READS });
  if (!medium) return null;
  const ordered = (items: Product["media"]) =>
    arrange.mutate({ path: { productId }, body: { items: items.map(({ id, alts }) => ({ id, alts })) } });
  const move = (to: number) => ordered(media.toSpliced(at, 1).toSpliced(to, 0, medium));
  const describe = (words: string) => {
    const alts = words === "" ? null : { ...(medium.alts ?? { en: words }), [locale]: words };
    if (said(medium.alts) !== words) ordered(media.with(at, { ...medium, alts }));
  };
  const isBusy = arrange.isPending || remove.isPending;
  return (
    <li className="flex flex-col gap-2">
      <span className="bg-sunken relative block aspect-square overflow-hidden rounded-control">
        {medium.kind === "picture" ? (
          <img src={medium.url} alt={said(medium.alts)} className="h-full w-full object-cover" />
        ) : (
          // biome-ignore lint/a11y/useMediaCaption: a shop's clip has no words of its own to write down.
          <video src={medium.url} controls className="h-full w-full object-cover" />
        )}
        {at === 0 && <span className="tag tag-brand absolute top-2 left-2">{text.cover}</span>}
      </span>
      <span className="flex justify-between">
        <Small label={text.earlier} isOff={isBusy || at === 0} onPress={() => move(at - 1)}>
          <ArrowLeft size={16} aria-hidden />
        </Small>
        <Small
          label={text.remove}
          isOff={isBusy}
          onPress={() => remove.mutate({ path: { productId, mediaId: medium.id } })}
        >
          <Trash2 size={16} aria-hidden />
        </Small>
        <Small label={text.later} isOff={isBusy || at === media.length - 1} onPress={() => move(at + 1)}>
          <ArrowRight size={16} aria-hidden />
        </Small>
      </span>
      <input
        className="input h-9 text-sm"
        aria-label={`${text.alt} ${at + 1}`}
        title={text.altHint}
        placeholder={text.alt}
        defaultValue={said(medium.alts)}
        onBlur={({ target }) => describe(target.value.trim())}
      />
      <Refusal error={arrange.error ?? remove.error} />
    </li>
  );
}

type SmallProps = {
  readonly label: string;
  readonly isOff: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
};
const Small = ({ label, isOff, onPress, children }: SmallProps) => (
  <button
    type="button"
    className="button button-small text-muted px-2"
    aria-label={label}
    disabled={isOff}
    onClick={onPress}
  >
    {children}
  </button>
);
