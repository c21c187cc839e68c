import { TicketPercent, X } from "lucide-react";
import { money, texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { draft, useDraft } from "./draft.ts";
import type { Checkout } from "./open.ts";
import { Section } from "./section.tsx";
import type { useChange } from "./use-checkout.ts";

const text = texts({
  en: {
    title: "Vouchers",
    best: "Use the best of my vouchers",
    code: "Voucher code",
    apply: "Apply",
    remove: (code: string) => `Remove ${code}`,
    none: "No voucher applies so far.",
    cashback: "back into your wallet",
    sale_price: "The price of a flash sale is its last: vouchers do not go with it.",
    unusable: "It cannot be used for this order.",
  },
  id: {
    title: "Voucher",
    best: "Pakai kombinasi voucher terbaik saya",
    code: "Kode voucher",
    apply: "Pakai",
    remove: (code: string) => `Hapus ${code}`,
    none: "Belum ada voucher yang terpakai.",
    cashback: "kembali ke dompet Anda",
    sale_price: "Harga flash sale sudah final: voucher tidak dapat dipakai.",
    unusable: "Tidak dapat dipakai untuk pesanan ini.",
  },
});

type Change = ReturnType<typeof useChange>;
type Props = { readonly checkout: Checkout; readonly change: Change };

/** Codes that were entered, what is found without one, and of each that does nothing the reason. */
export function Vouchers({ checkout: { vouchers }, change }: Props) {
  const { codes, applied, best } = vouchers;
  const drop = (code: string) => change.mutate({ voucherCodes: codes.filter((one) => one !== code) });
  return (
    <Section id="checkout-vouchers" title={text.title} isDone={applied.length > 0}>
      <label className="mb-4 flex items-center gap-3">
        <input
          type="checkbox"
          checked={change.isPending ? (change.variables.bestVouchers ?? best) : best}
          onChange={(event) => change.mutate({ bestVouchers: event.target.checked })}
        />
        {text.best}
      </label>
      <div role="status">
        <Outcome vouchers={vouchers} onDrop={drop} />
      </div>
      <Entry codes={codes} change={change} />
      <Refusal error={change.variables?.voucherCodes && change.error} />
    </Section>
  );
}

type OutcomeProps = {
  readonly vouchers: Checkout["vouchers"];
  readonly onDrop: (code: string) => void;
};

function Outcome({ vouchers: { codes, applied, rejected }, onDrop }: OutcomeProps) {
  if (applied.length + rejected.length === 0) return <p className="text-muted text-sm">{text.none}</p>;
  return (
    <ul className="flex flex-col gap-2">
      {applied.map(({ code, target, amount }) => (
        <li key={`${code}${target}`} className="flex items-center gap-3">
          <TicketPercent size={18} className="text-good shrink-0" aria-hidden />
          <span className="flex min-w-0 flex-1 flex-wrap justify-between gap-x-3">
            <span className="font-semibold break-all">{code}</span>
            <span className="text-good tabular-nums">
              {target === "cashback" ? `${money(amount)} ${text.cashback}` : `−${money(amount)}`}
            </span>
          </span>
          {codes.includes(code) && <Drop code={code} onDrop={onDrop} />}
        </li>
      ))}
      {rejected.map(({ code, reason, detail }) => (
        <li key={code} className="flex items-start gap-3">
          <TicketPercent size={18} className="text-muted mt-0.5 shrink-0" aria-hidden />
          <span className="min-w-0 flex-1">
            <span className="text-muted font-semibold line-through">{code}</span>
            <span className="block text-sm">{reasonOf(reason, detail)}</span>
          </span>
          {codes.includes(code) && <Drop code={code} onDrop={onDrop} />}
        </li>
      ))}
    </ul>
  );
}

const reasonOf = (reason: string, detail: string | undefined): string =>
  reason === "sale_price" ? text.sale_price : (detail ?? text.unusable);

const Drop = ({ code, onDrop }: { readonly code: string; readonly onDrop: (code: string) => void }) => (
  <button
    type="button"
    className="text-muted p-1"
    aria-label={text.remove(code)}
    onClick={() => onDrop(code)}
  >
    <X size={18} aria-hidden />
  </button>
);

function Entry({ codes, change }: { readonly codes: readonly string[]; readonly change: Change }) {
  const { code = "" } = useDraft();
  const enter = () => {
    const given = code.trim().toUpperCase();
    if (given === "") return;
    const voucherCodes = [...new Set([...codes, given])];
    change.mutate({ voucherCodes }, { onSuccess: () => draft.set({ code: "" }) });
  };
  return (
    <form
      className="my-4 flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        enter();
      }}
    >
      <input
        className="input uppercase placeholder:normal-case"
        name="code"
        aria-label={text.code}
        placeholder={text.code}
        autoComplete="off"
        maxLength={40}
        value={code}
        onChange={(event) => draft.set({ code: event.target.value })}
      />
      <button
        type="submit"
        className="button button-quiet h-10"
        disabled={change.isPending || code.trim() === ""}
      >
        {text.apply}
      </button>
    </form>
  );
}
