import { useQuery } from "@tanstack/react-query";
import {
  Banknote,
  CreditCard,
  Landmark,
  type LucideIcon,
  QrCode,
  Smartphone,
  Store,
  Wallet,
} from "lucide-react";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useIsSignedIn } from "../session/session.ts";
import { money, texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { draft, useDraft } from "./draft.ts";
import { isOnline, type Limits, type Method, methodAbout, methodName, outside } from "./method.ts";
import { WhereField } from "./method-choices.tsx";
import type { Checkout } from "./open.ts";
import { Section } from "./section.tsx";
import type { useChange } from "./use-checkout.ts";

const text = texts({
  en: {
    title: "How you pay",
    methods: "Payment method",
    balance: (amount: string) => `Balance ${amount}`,
    tooLittle: (amount: string) => `Balance ${amount}: not enough for all of it, but it can pay a part.`,
    part: (amount: string) => `Pay ${amount} of it from my wallet`,
    noCash: "One of the parcels is sent by a carrier that takes no cash.",
  },
  id: {
    title: "Cara membayar",
    methods: "Metode pembayaran",
    balance: (amount: string) => `Saldo ${amount}`,
    tooLittle: (amount: string) =>
      `Saldo ${amount}: tidak cukup untuk semuanya, tetapi bisa membayar sebagian.`,
    part: (amount: string) => `Bayar ${amount} dari dompet saya`,
    noCash: "Salah satu paket dikirim dengan kurir yang tidak menerima tunai.",
  },
});

const ICONS: { readonly [M in Method]: LucideIcon } = {
  qris: QrCode,
  virtual_account: Landmark,
  gopay: Smartphone,
  shopeepay: Smartphone,
  convenience_store: Store,
  card: CreditCard,
  wallet: Wallet,
  cod: Banknote,
};

export const PAYMENT_ID = "checkout-payment";
type Change = ReturnType<typeof useChange>;
type Props = { readonly checkout: Checkout; readonly change: Change };

/** What the wallet can spend on an order; nothing for a guest and for a frozen one. */
export function useSpendable(): Schemas["Money"] | undefined {
  const isMember = useIsSignedIn();
  const { data } = useQuery({ ...queryOf("GET /v1/wallet", {}), enabled: isMember });
  if (!data || data.isFrozen) return undefined;
  const minor = BigInt(data.available.minor) + BigInt(data.bonus.minor);
  return { minor: minor.toString(), currency: data.available.currency };
}

export function PaymentSection({ checkout, change }: Props) {
  const isMember = useIsSignedIn();
  const spendable = useSpendable();
  const where = useDraft();
  const asked = change.isPending ? change.variables.paymentMethod : undefined;
  const chosen = asked ?? checkout.paymentMethod;
  const methods = checkout.paymentMethods.filter((method) => method !== "wallet" || isMember);
  return (
    <Section id={PAYMENT_ID} title={text.title} isDone={checkout.paymentMethod !== null}>
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">{text.methods}</legend>
        {methods.map((method) => (
          <Choice
            key={method}
            method={method}
            isChosen={method === chosen}
            spendable={spendable}
            total={checkout.totals.total}
            limits={checkout.paymentLimits}
            onChoose={() => change.mutate({ paymentMethod: method })}
          />
        ))}
      </fieldset>
      <div className="mt-4 max-w-xs empty:hidden">
        <WhereField method={chosen} where={where} onChange={draft.set} />
      </div>
      {isOnline(chosen) && <WalletPart spendable={spendable} total={checkout.totals.total} />}
      {chosen === "cod" && <CashHint checkout={checkout} />}
      <Refusal error={change.variables?.paymentMethod && change.error} />
    </Section>
  );
}

type Money = Schemas["Money"];
type ChoiceProps = {
  readonly method: Method;
  readonly isChosen: boolean;
  readonly spendable: Money | undefined;
  readonly total: Money;
  readonly limits: Limits;
  readonly onChoose: () => void;
};

function Choice({ method, isChosen, spendable, total, limits, onChoose }: ChoiceProps) {
  const Icon = ICONS[method];
  const isWallet = method === "wallet";
  const isEnough = spendable !== undefined && BigInt(spendable.minor) >= BigInt(total.minor);
  const part = partOf(spendable, total);
  const isPart = part !== undefined;
  const minor = BigInt(total.minor);
  const limit = outside(limits, method, minor);
  const rest = isOnline(method) && part ? minor - BigInt(part.minor) : minor;
  const isOutside = limit !== undefined && outside(limits, method, rest) !== undefined;
  const balance = spendable && (isPart ? text.tooLittle : text.balance)(money(spendable));
  return (
    <label className="choice">
      <input
        type="radio"
        name="method"
        checked={isChosen}
        disabled={isOutside || (isWallet && !isEnough)}
        onChange={onChoose}
      />
      <span className="min-w-0 flex-1">
        {methodName(method)}
        <span className="text-muted block text-sm">
          {(isWallet && balance) || limit || methodAbout(method)}
        </span>
      </span>
      <Icon size={20} className="text-muted" aria-hidden />
    </label>
  );
}

/** Beside a provider the wallet pays what it has, as long as something is left for the provider. */
export const partOf = (spendable: Money | undefined, total: Money): Money | undefined =>
  spendable && BigInt(spendable.minor) > 0n && BigInt(spendable.minor) < BigInt(total.minor)
    ? spendable
    : undefined;

function WalletPart({ spendable, total }: { readonly spendable: Money | undefined; readonly total: Money }) {
  const { usesWallet = false } = useDraft();
  const part = partOf(spendable, total);
  if (!part) return null;
  return (
    <label className="mt-4 flex items-center gap-3">
      <input
        type="checkbox"
        checked={usesWallet}
        onChange={(event) => draft.set({ usesWallet: event.target.checked })}
      />
      {text.part(money(part))}
    </label>
  );
}

/** Which carrier takes cash is known once it is known where the parcels go. */
function CashHint({ checkout: { parcels } }: { readonly checkout: Checkout }) {
  const takesCash = parcels.every(
    ({ rates, rateId }) => rates.find((rate) => rate.id === rateId)?.cash !== false,
  );
  return takesCash ? null : <p className="notice mt-4">{text.noCash}</p>;
}
