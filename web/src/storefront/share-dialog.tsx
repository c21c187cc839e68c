import { useEffect, useState } from "react";
import { hrefOf } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useShareCart } from "./cart-state.ts";

const text = texts({
  en: {
    title: "Share your cart",
    intro: "Whoever has the link sees what is in it, and nothing of you.",
    link: "Link to your cart",
    until: (at: string) => `It works until ${at}.`,
    copy: "Copy the link",
    copied: "Copied",
  },
  id: {
    title: "Bagikan keranjang Anda",
    intro: "Siapa pun yang punya tautannya melihat isinya, tanpa apa pun tentang Anda.",
    link: "Tautan ke keranjang Anda",
    until: (at: string) => `Berlaku sampai ${at}.`,
    copy: "Salin tautan",
    copied: "Tersalin",
  },
});

type Props = { readonly cartId: string; readonly onClose: () => void };

export function ShareDialog({ cartId, onClose }: Props) {
  const { mutate, data, error } = useShareCart();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => mutate(cartId), [mutate, cartId]);
  const link = data && `${location.origin}${hrefOf(`/cart/shared/${data.token}`)}`;
  const copy = async () => {
    await navigator.clipboard.writeText(link ?? "");
    setCopied(true);
  };
  return (
    <Dialog title={text.title} onClose={onClose}>
      <p className="text-muted mb-4">{text.intro}</p>
      <Refusal error={error} />
      {link === undefined && !error && <div className="skeleton h-28" aria-busy />}
      {link !== undefined && (
        <div className="form">
          <input className="input" aria-label={text.link} readOnly value={link} />
          <p className="text-muted text-sm">{text.until(day(data?.expiresAt ?? ""))}</p>
          <button type="button" className="button button-primary" onClick={() => void copy()}>
            <span role="status">{isCopied ? text.copied : text.copy}</span>
          </button>
        </div>
      )}
    </Dialog>
  );
}
