import type { Answer, Input } from "../api/client.ts";
import { currency } from "../shell/page.ts";
import { count, money, texts } from "../shell/text.ts";
import { fieldOf } from "../ui/form.tsx";
import { instantOf } from "../ui/moment-field.tsx";
import { moneyOf } from "../ui/money-field.tsx";

export type Voucher = Answer<"GET /v1/vouchers/{voucherId}">;
type Benefit = Input<"POST /v1/vouchers">["body"]["benefit"];
export type Kind = Benefit["kind"];
export const KINDS = ["percent", "fixed", "free_shipping", "bxgy", "cashback"] as const;

export const kindName = texts({
  en: {
    percent: "Percent off",
    fixed: "Amount off",
    free_shipping: "Free shipping",
    bxgy: "Buy some, get some",
    cashback: "Cashback",
  },
  id: {
    percent: "Potongan persen",
    fixed: "Potongan nominal",
    free_shipping: "Gratis ongkir",
    bxgy: "Beli sekian gratis sekian",
    cashback: "Cashback",
  },
});
const text = texts({
  en: {
    upTo: (of: string) => `, up to ${of}`,
    off: (of: string) => `${of} off`,
    bxgy: (buy: string, get: string) => `Buy ${buy}, get ${get}`,
    back: (of: string) => `${of} back`,
  },
  id: {
    upTo: (of: string) => `, maks. ${of}`,
    off: (of: string) => `Potongan ${of}`,
    bxgy: (buy: string, get: string) => `Beli ${buy} gratis ${get}`,
    back: (of: string) => `Kembali ${of}`,
  },
});
const percent = (basisPoints: number): string => `${count(basisPoints / 100)}%`;

/** What a voucher gives, in a line. */
export function sayBenefit(benefit: Voucher["benefit"]): string {
  const cap = "cap" in benefit && benefit.cap ? text.upTo(money(benefit.cap)) : "";
  if (benefit.kind === "fixed") return text.off(money(benefit.amount));
  if (benefit.kind === "free_shipping") return kindName.free_shipping + cap;
  if (benefit.kind === "bxgy") return text.bxgy(count(benefit.buyQuantity), count(benefit.getQuantity)) + cap;
  const rate = percent(benefit.basisPoints);
  return (benefit.kind === "cashback" ? text.back(rate) : text.off(rate)) + cap;
}

/** What the form says a voucher gives. */
function benefitOf(kind: Kind, form: FormData): Benefit {
  const cap = moneyOf(form.get("cap")) ?? null;
  const basisPoints = Math.round(Number(fieldOf(form, "percent").replace(",", ".")) * 100);
  const number = (name: string) => Number(fieldOf(form, name));
  if (kind === "fixed") return { kind, amount: moneyOf(form.get("amount")) ?? { minor: "0", currency } };
  if (kind === "free_shipping") return { kind, cap };
  if (kind === "bxgy") return { kind, buyQuantity: number("buy"), getQuantity: number("get"), cap };
  if (kind === "cashback") return { kind, basisPoints, validForDays: number("days"), cap };
  return { kind, basisPoints, cap };
}

/** All of a voucher but what it is called for by. */
export function termsOf(kind: Kind, form: FormData, was?: Voucher) {
  const title = fieldOf(form, "title");
  const limit = (name: string) => Number(fieldOf(form, name)) || null;
  const minSpend = moneyOf(form.get("minSpend")) ?? null;
  return {
    titles: { en: title, id: title },
    benefit: benefitOf(kind, form),
    conditions: { ...was?.conditions, minSpend },
    firstOrder: form.get("firstOrder") === "on",
    isListed: form.get("isListed") === "on",
    isAutomatic: form.get("isAutomatic") === "on",
    startsAt: instantOf(form.get("startsAt")) ?? "",
    endsAt: instantOf(form.get("endsAt")) ?? "",
    quota: limit("quota"),
    perBuyer: limit("perBuyer"),
    budget: moneyOf(form.get("budget")) ?? null,
  };
}
