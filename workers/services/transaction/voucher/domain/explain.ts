import type { Locale } from "#kernel/errors";
import type { Currency } from "#kernel/money";
import { moneyText } from "#kernel/money-text";
import type { Need, Reason } from "./eligibility.ts";
import type { PaymentMethod } from "./terms.ts";

export type Speaking = {
  readonly locale: Locale;
  /** With the market's country: `en-ID`. */
  readonly language: string;
  readonly currency: Currency;
  readonly timeZone: string;
};
type Texts = { readonly [L in Locale]: string };

const TAGS: { readonly [L in Locale]: string } = { en: "en-GB", id: "id-ID" };

const REASON_TEXTS: { readonly [R in Reason]: Texts } = {
  unknown: { en: "There is no such code.", id: "Kode tidak ditemukan." },
  too_many_codes: { en: "Too many codes at once.", id: "Terlalu banyak kode sekaligus." },
  ended: { en: "It is over.", id: "Sudah berakhir." },
  paused: { en: "It is paused at the moment.", id: "Sedang dihentikan sementara." },
  not_started: { en: "It has not begun.", id: "Belum dimulai." },
  exhausted: { en: "It is used up.", id: "Kuota sudah habis." },
  budget_exhausted: { en: "Its budget is used up.", id: "Anggarannya sudah habis." },
  day_exhausted: { en: "It is used up for today.", id: "Kuota hari ini sudah habis." },
  sign_in: { en: "It is for people with an account.", id: "Hanya untuk pengguna terdaftar." },
  not_collected: { en: "It has to be collected first.", id: "Harus diklaim terlebih dahulu." },
  first_order_only: { en: "It is for a first order only.", id: "Hanya untuk pesanan pertama." },
  buyer_limit: { en: "You have used it as often as you may.", id: "Anda sudah mencapai batas pemakaian." },
  buyer_day_limit: {
    en: "You have used it as often as you may today.",
    id: "Anda sudah mencapai batas pemakaian hari ini.",
  },
  outside_hours: { en: "It holds at other hours.", id: "Berlaku pada jam lain." },
  no_eligible_goods: { en: "Nothing in the basket is part of it.", id: "Tidak ada barang yang termasuk." },
  min_spend: { en: "The goods are below its minimum.", id: "Belanja belum mencapai minimum." },
  method: { en: "It asks for another way to pay.", id: "Butuh metode pembayaran lain." },
  no_effect: { en: "It would take nothing off.", id: "Tidak mengurangi apa pun." },
  not_combinable: { en: "It does not go together with others.", id: "Tidak dapat digabung." },
  better_without: { en: "You pay less without it.", id: "Lebih hemat tanpa voucher ini." },
};

const METHOD_NAMES: { readonly [method: string]: Texts } = {
  card: { en: "a card", id: "kartu" },
  qris: { en: "QRIS", id: "QRIS" },
  virtual_account: { en: "a virtual account", id: "virtual account" },
  gopay: { en: "GoPay", id: "GoPay" },
  shopeepay: { en: "ShopeePay", id: "ShopeePay" },
  convenience_store: { en: "a convenience store", id: "minimarket" },
  cod: { en: "cash on delivery", id: "bayar di tempat" },
  wallet: { en: "the wallet", id: "dompet" },
};

/** Why a code does not apply, and what would make it apply, as one says it to the buyer. */
export function explain(
  { reason, needs }: { readonly reason: Reason; readonly needs: readonly Need[] },
  speaking: Speaking,
): string {
  return [REASON_TEXTS[reason][speaking.locale], ...needs.map((need) => `${sayNeed(need, speaking)}.`)].join(
    " ",
  );
}

function sayNeed(need: Need, speaking: Speaking): string {
  const say = (texts: Texts) => texts[speaking.locale];
  switch (need.kind) {
    case "spend_more": {
      const money = sayMoney(need.minor, speaking);
      return say({ en: `Spend ${money} more`, id: `Tambah belanja ${money}` });
    }
    case "use_method": {
      const names = need.methods.map((method) => sayMethod(method, speaking.locale));
      return say({ en: `Use ${names.join(" or ")}`, id: `Gunakan ${names.join(" atau ")}` });
    }
    case "wait_until": {
      const at = sayTime(need.at, speaking);
      return say({ en: `Starts at ${at}`, id: `Mulai ${at}` });
    }
    case "without": {
      const codes = need.codes.join(", ");
      return say({ en: `Leave out ${codes}`, id: `Tanpa ${codes}` });
    }
    case "collect":
      return say({ en: "Collect it", id: "Klaim dulu" });
    case "sign_in":
      return say({ en: "Sign in", id: "Masuk dulu" });
    case "add_goods":
      return say({ en: "Add goods that are part of it", id: "Tambah barang yang termasuk" });
  }
}

const sayMethod = (method: PaymentMethod, locale: Locale): string => METHOD_NAMES[method]?.[locale] ?? method;

const sayMoney = (minor: bigint, { language, currency }: Speaking): string =>
  moneyText(language, { minor: minor.toString(), currency }).replace(/\s/g, " ");

const sayTime = (at: number, { locale, timeZone }: Speaking): string =>
  new Intl.DateTimeFormat(TAGS[locale], { dateStyle: "medium", timeStyle: "short", timeZone }).format(at);
