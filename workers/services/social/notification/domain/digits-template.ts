import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { zDigits } from "#kernel/payment-method";
import { button, table, text } from "./content.ts";
import { defineTemplate, type Template } from "./template.ts";
import { moment, money, say, type Voice } from "./words.ts";

type Digits = z.output<typeof zDigits>;

/** As people know them; one that is not here is called by its code. */
const NAMES: { readonly [code: string]: string } = {
  indomaret: "Indomaret",
  alfamart: "Alfamart",
  bca: "BCA",
  bni: "BNI",
  bri: "BRI",
  permata: "Permata",
  cimb: "CIMB Niaga",
  mandiri: "Mandiri",
};
const nameOf = (code: string): string => NAMES[code] ?? code.toUpperCase();

const BILL = {
  en: "At Mandiri, choose the bill payment Multipayment and type both numbers.",
  id: "Di Mandiri, pilih pembayaran Multipayment lalu ketik kedua nomor ini.",
};

function howTo(voice: Voice, digits: Digits): string {
  if (digits.kind === "bill") return say(voice, BILL);
  if (digits.kind === "virtual_account") {
    const bank = nameOf(digits.bank);
    return say(voice, {
      en: `Transfer exactly this amount to the ${bank} account number below.`,
      id: `Transfer tepat sejumlah ini ke nomor rekening ${bank} di bawah.`,
    });
  }
  const store = nameOf(digits.store);
  return say(voice, {
    en: `At the till of any ${store}, say that you pay Titan Commerce and give this code. Keep the receipt.`,
    id: `Di kasir ${store} mana saja, sebutkan pembayaran Titan Commerce dan kode ini. Simpan struknya.`,
  });
}

type Rows = readonly (readonly [label: string, value: string])[];

function rowsOf(voice: Voice, digits: Digits): Rows {
  switch (digits.kind) {
    case "payment_code":
      return [[say(voice, { en: "Payment code", id: "Kode bayar" }), digits.code]];
    case "virtual_account":
      return [[say(voice, { en: "Account number", id: "Nomor virtual account" }), digits.number]];
    case "bill":
      return [
        [say(voice, { en: "Company code", id: "Kode perusahaan" }), digits.billerCode],
        [say(voice, { en: "Payment code", id: "Kode pembayaran" }), digits.billKey],
      ];
  }
}

export const DIGITS_TEMPLATE: Template = defineTemplate({
  name: "payment.asked",
  version: 1,
  category: "purchase",
  data: z.object({
    /** A top-up has none. */
    orderGroupId: zId("orderGroup").optional(),
    digits: zDigits,
    asked: zMoney,
    payBy: z.int(),
  }),
  mail: ({ orderGroupId, digits, asked, payBy }, voice) => {
    const total = money(voice, asked.minor, asked.currency);
    const subject = say(voice, { en: `How to pay ${total}`, id: `Cara membayar ${total}` });
    const rows: Rows = [
      ...rowsOf(voice, digits),
      [say(voice, { en: "Amount", id: "Jumlah" }), total],
      [say(voice, { en: "Pay until", id: "Bayar sampai" }), moment(voice, payBy)],
    ];
    const label = say(voice, { en: "See the payment", id: "Lihat pembayaran" });
    const see = button(label, `${voice.origin}${pathOf(orderGroupId)}`);
    return { subject, heading: subject, blocks: [text(howTo(voice, digits)), table(rows), see] };
  },
  entry: ({ orderGroupId, digits, asked, payBy }, voice) => ({
    title: say(voice, {
      en: `Pay ${money(voice, asked.minor, asked.currency)} until ${moment(voice, payBy)}`,
      id: `Bayar ${money(voice, asked.minor, asked.currency)} sampai ${moment(voice, payBy)}`,
    }),
    body: rowsOf(voice, digits)
      .map(([label, value]) => `${label}: ${value}`)
      .join(", "),
    path: pathOf(orderGroupId),
  }),
});

const pathOf = (orderGroupId: string | undefined): string =>
  orderGroupId === undefined ? "/account/wallet" : `/account/orders?group=${orderGroupId}`;
