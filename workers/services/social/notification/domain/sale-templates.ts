import * as z from "zod";
import { zId } from "#kernel/ids";
import { defineTemplate, type Template } from "./template.ts";
import { moment, say } from "./words.ts";

const startsSoon = defineTemplate({
  name: "flash_sale.starts_soon",
  version: 1,
  category: "order_update",
  data: z.object({ saleId: zId("sale"), startsAt: z.int() }),
  entry: ({ saleId, startsAt }, voice) => ({
    title: say(voice, { en: "Your flash sale begins soon", id: "Flash sale Anda segera dimulai" }),
    body: say(voice, {
      en: `It begins ${moment(voice, startsAt)}.`,
      id: `Dimulai ${moment(voice, startsAt)}.`,
    }),
    path: `/flash-sales/${saleId}`,
  }),
});

const turnCame = defineTemplate({
  name: "flash_sale.turn_came",
  version: 1,
  category: "order_update",
  data: z.object({ saleId: zId("sale"), expiresAt: z.int() }),
  entry: ({ saleId, expiresAt }, voice) => ({
    title: say(voice, { en: "It is your turn", id: "Sekarang giliran Anda" }),
    body: say(voice, {
      en: `What you waited for is held for you until ${moment(voice, expiresAt)}.`,
      id: `Barang yang Anda tunggu ditahan untuk Anda sampai ${moment(voice, expiresAt)}.`,
    }),
    path: `/flash-sales/${saleId}`,
  }),
});

export const SALE_TEMPLATES: readonly Template[] = [startsSoon, turnCame];
