import * as z from "zod";
import { zMoney } from "#kernel/money";
import { button, note, text } from "./content.ts";
import { defineTemplate, type Template } from "./template.ts";
import { moment, money, say } from "./words.ts";

const STUCK = {
  en: "A refund waits for your hand",
  id: "Sebuah pengembalian dana menunggu tindakan Anda",
};
const WHY_STUCK = {
  en: "The payment provider would not send it. Pay it back by hand and confirm it.",
  id: "Penyedia pembayaran tidak dapat mengirimnya. Kembalikan secara manual, lalu konfirmasi.",
};
const DISPUTED = { en: "A payment is disputed", id: "Sebuah pembayaran disengketakan" };
const UNTIL = { en: "Evidence is due by", id: "Bukti paling lambat" };

const refundStuck = defineTemplate({
  name: "operation.refund_stuck",
  version: 1,
  category: "account",
  data: z.object({ refundId: z.string(), paymentId: z.string(), refunded: zMoney, note: z.string() }),
  mail: ({ refundId, paymentId, refunded, note: why }, voice) => {
    const subject = `${say(voice, STUCK)}: ${money(voice, refunded.minor, refunded.currency)}`;
    const label = say(voice, { en: "Refunds that wait", id: "Pengembalian yang menunggu" });
    const blocks = [
      text(say(voice, WHY_STUCK)),
      note(`${refundId} / ${paymentId}: ${why}`),
      button(label, `${voice.origin}/operator/refunds?state=manual`),
    ];
    return { subject, heading: say(voice, STUCK), blocks };
  },
});

const disputed = defineTemplate({
  name: "operation.payment_disputed",
  version: 1,
  category: "account",
  data: z.object({
    disputeId: z.string(),
    paymentId: z.string(),
    amount: zMoney,
    reason: z.string(),
    evidenceBy: z.int().nullable(),
  }),
  mail: ({ disputeId, paymentId, amount, reason, evidenceBy }, voice) => {
    const subject = `${say(voice, DISPUTED)}: ${money(voice, amount.minor, amount.currency)}`;
    const due = evidenceBy === null ? [] : [text(`${say(voice, UNTIL)} ${moment(voice, evidenceBy)}.`)];
    const label = say(voice, { en: "Open the case", id: "Buka kasus" });
    const blocks = [
      ...due,
      note(`${paymentId}: ${reason}`),
      button(label, `${voice.origin}/operator/disputes/${disputeId}`),
    ];
    return { subject, heading: say(voice, DISPUTED), blocks };
  },
});

const caseStuck = defineTemplate({
  name: "operation.case_stuck",
  version: 1,
  category: "account",
  data: z.object({ refundId: z.string(), orderId: z.string(), note: z.string() }),
  mail: ({ refundId, orderId, note: why }, voice) => {
    const subject = say(voice, {
      en: "The money of a return does not go",
      id: "Dana sebuah pengembalian tertahan",
    });
    const label = say(voice, { en: "Open the case", id: "Buka kasus" });
    const blocks = [
      note(`${refundId} / ${orderId}: ${why}`),
      button(label, `${voice.origin}/operator/returns/${refundId}`),
    ];
    return { subject, heading: subject, blocks };
  },
});

/** What whoever runs the market has to see to. */
export const OPERATION_TEMPLATES: readonly Template[] = [refundStuck, disputed, caseStuck];
