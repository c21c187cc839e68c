import { useMutation } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { refusalOf } from "../live/refusals.ts";
import { count, texts } from "../shell/text.ts";
import { Countdown, useNow } from "../ui/countdown.tsx";
import { checkoutOf, type Held, heldOf } from "./held.ts";

const text = texts({
  en: {
    yours: "It is yours",
    kept: (n: string) => `${n} kept for you. Pay before the time runs out:`,
    pay: "Pay now",
    giveBack: "Give it back",
    pledged: "Ordered. Pay the order in time and it is yours.",
    over: "The time ran out, and what was kept for you went back.",
  },
  id: {
    yours: "Berhasil, ini milik Anda",
    kept: (n: string) => `${n} disimpan untuk Anda. Bayar sebelum waktunya habis:`,
    pay: "Bayar sekarang",
    giveBack: "Kembalikan",
    pledged: "Sudah dipesan. Bayar pesanan tepat waktu agar tetap milik Anda.",
    over: "Waktunya habis, dan yang disimpan untuk Anda sudah dikembalikan.",
  },
});

type Props = {
  readonly saleId: string;
  readonly held: Held;
  readonly skew: number;
  readonly onChange: (held: Held) => void;
};

/** What is kept for the person, with what is left of its time and the way to pay. */
export function Holding({ saleId, held, skew, onChange }: Props) {
  const now = useNow(skew, held.state === "held");
  const giveBack = useMutation({
    mutationFn: () =>
      call("POST /v1/flash-sales/{saleId}/holds/{holdId}/release", { path: { saleId, holdId: held.id } }),
    onSuccess: (hold) => onChange(heldOf(hold)),
  });
  if (held.state === "pledged" || held.state === "sold") return <p className="notice">{text.pledged}</p>;
  if (held.state !== "held") return null;
  if (held.expiresAt <= now) return <p className="notice">{text.over}</p>;
  return (
    <section className="border-good bg-good/10 rounded-control border p-4">
      <p className="text-good font-bold">{text.yours}</p>
      <p className="mt-1 flex flex-wrap items-baseline gap-x-2 text-sm">
        {text.kept(count(held.quantity))}
        <Countdown until={held.expiresAt} skew={skew} />
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <a className="button button-primary flex-1" href={checkoutOf(saleId, held.id)}>
          {text.pay}
        </a>
        <button
          type="button"
          className="button button-quiet"
          disabled={giveBack.isPending}
          onClick={() => giveBack.mutate()}
        >
          {text.giveBack}
        </button>
      </div>
      {giveBack.error && (
        <p className="text-bad mt-2 text-sm" role="alert">
          {refusalOf(giveBack.error)}
        </p>
      )}
    </section>
  );
}
