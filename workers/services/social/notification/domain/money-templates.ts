import * as z from "zod";
import { zMoney } from "#kernel/money";
import { defineNotice } from "./notice.ts";
import type { Template } from "./template.ts";
import { moment, money, type Voice } from "./words.ts";

const zBank = z.object({ bank: z.string(), lastDigits: z.string() });
type Bank = z.output<typeof zBank>;
const nameOf = ({ bank, lastDigits }: Bank): string => `${bank.toUpperCase()} ••••${lastDigits}`;
const amountOf = (voice: Voice, { minor, currency }: z.output<typeof zMoney>): string =>
  money(voice, minor, currency);

const toFinance = {
  path: () => "/shop/finance",
  label: { en: "Open my finances", id: "Buka keuangan toko" },
} as const;
const toWallet = {
  path: () => "/account/wallet",
  label: { en: "Open my wallet", id: "Buka dompet saya" },
} as const;
const toPerformance = {
  path: () => "/shop/performance",
  label: { en: "See my performance", id: "Lihat performa toko" },
} as const;

const accountTaken = defineNotice({
  name: "shop.payout_account_taken",
  category: "security",
  data: zBank.extend({ usableFrom: z.int().nullable() }),
  title: { en: "Your payout account has changed", id: "Rekening pencairan Anda berubah" },
  body: ({ usableFrom, ...bank }, voice) => {
    const name = nameOf(bank);
    if (usableFrom === null) {
      return {
        en: `Payouts go to ${name} from now on. If this was not you, write to us at once.`,
        id: `Mulai sekarang pencairan dikirim ke ${name}. Jika bukan Anda, segera hubungi kami.`,
      };
    }
    const from = moment(voice, usableFrom);
    return {
      en: `Payouts go to ${name}, and none is sent before ${from}. If this was not you, write to us.`,
      id: `Pencairan akan dikirim ke ${name}, paling cepat ${from}. Jika bukan Anda, segera hubungi kami.`,
    };
  },
  ...toFinance,
});

const accountRefused = defineNotice({
  name: "shop.payout_account_refused",
  category: "account",
  data: zBank.extend({ reason: z.enum(["name_mismatch", "unknown"]) }),
  title: { en: "We cannot pay to your account", id: "Rekening Anda tidak dapat digunakan" },
  body: ({ reason, ...bank }) =>
    reason === "unknown"
      ? {
          en: `The bank has no account ${nameOf(bank)}. Please check its number.`,
          id: `Bank tidak memiliki rekening ${nameOf(bank)}. Mohon periksa nomornya.`,
        }
      : {
          en: `The bank knows ${nameOf(bank)} by another name. Please check the holder's name.`,
          id: `Nama pemilik ${nameOf(bank)} di bank berbeda. Mohon periksa nama pemilik rekening.`,
        },
  ...toFinance,
});

const zPayout = zBank.extend({ amount: zMoney });
const zFailed = zPayout.extend({ note: z.string().nullable(), isReturned: z.boolean() });

const PAID = { en: "Your payout has arrived", id: "Pencairan Anda telah sampai" };
const paidWords = ({ amount, ...bank }: z.output<typeof zPayout>, voice: Voice) => ({
  en: `${amountOf(voice, amount)} was paid to ${nameOf(bank)}.`,
  id: `${amountOf(voice, amount)} telah dibayarkan ke ${nameOf(bank)}.`,
});
const FAILED = { en: "Your payout did not arrive", id: "Pencairan Anda tidak berhasil" };
const failedWords = ({ amount, isReturned, ...bank }: z.output<typeof zFailed>, voice: Voice) => {
  const total = amountOf(voice, amount);
  return isReturned
    ? {
        en: `The bank gave back ${total} that had gone to ${nameOf(bank)}. It is in your account again.`,
        id: `Bank mengembalikan ${total} yang dikirim ke ${nameOf(bank)}. Dana kembali ke akun Anda.`,
      }
    : {
        en: `${total} was not paid to ${nameOf(bank)}. It is in your account again.`,
        id: `${total} tidak terkirim ke ${nameOf(bank)}. Dana kembali ke akun Anda.`,
      };
};
const payouts = (name: string, to: typeof toFinance | typeof toWallet): readonly Template[] => [
  defineNotice({
    name: `${name}_completed`,
    category: "account",
    data: zPayout,
    title: PAID,
    body: paidWords,
    ...to,
  }),
  defineNotice({
    name: `${name}_failed`,
    category: "account",
    data: zFailed,
    title: FAILED,
    body: failedWords,
    aside: ({ note }) => note,
    ...to,
  }),
];

const toppedUp = defineNotice({
  name: "wallet.topped_up",
  category: "account",
  data: z.object({ amount: zMoney }),
  title: { en: "Your wallet is topped up", id: "Dompet Anda telah diisi" },
  body: ({ amount }, voice) => ({
    en: `${amountOf(voice, amount)} is in your wallet.`,
    id: `${amountOf(voice, amount)} sudah masuk ke dompet Anda.`,
  }),
  ...toWallet,
});

const carried = defineNotice({
  name: "shop.carried_forward",
  category: "account",
  data: z.object({ owed: zMoney }),
  title: { en: "Your shop's balance is below nought", id: "Saldo toko Anda di bawah nol" },
  body: ({ owed }, voice) => ({
    en: `Refunds were more than what was left: ${amountOf(voice, owed)} is taken from your next sales.`,
    id: `Pengembalian dana melebihi saldo: ${amountOf(voice, owed)} akan dipotong dari penjualan berikutnya.`,
  }),
  ...toFinance,
});

const penalised = defineNotice({
  name: "shop.penalised",
  category: "account",
  data: z.object({ metric: z.string(), points: z.int(), reason: z.string().nullable(), expiresAt: z.int() }),
  title: { en: "Your shop got penalty points", id: "Toko Anda mendapat poin penalti" },
  body: ({ points, expiresAt }, voice) => ({
    en: `${points} points until ${moment(voice, expiresAt)}. You can see the orders behind them and appeal.`,
    id: `${points} poin sampai ${moment(voice, expiresAt)}. Anda dapat melihat pesanannya dan banding.`,
  }),
  aside: ({ reason }) => reason,
  ...toPerformance,
});

const appealDecided = defineNotice({
  name: "shop.appeal_decided",
  category: "account",
  data: z.object({ state: z.enum(["granted", "denied"]), decision: z.string() }),
  title: { en: "Your appeal is decided", id: "Banding Anda telah diputuskan" },
  body: ({ state }) =>
    state === "granted"
      ? { en: "It was granted: the points are gone.", id: "Banding diterima: poin dihapus." }
      : { en: "It was denied: the points stay.", id: "Banding ditolak: poin tetap berlaku." },
  aside: ({ decision }) => decision,
  ...toPerformance,
});

export const MONEY_TEMPLATES: readonly Template[] = [
  ...payouts("payout.user", toWallet),
  ...payouts("payout.shop", toFinance),
  ...[accountTaken, accountRefused, toppedUp, carried, penalised, appealDecided],
];
