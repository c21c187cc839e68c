import * as z from "zod";
import { zId } from "#kernel/ids";
import { button, table, text } from "./content.ts";
import { defineTemplate, type Template } from "./template.ts";
import { say, type Voice } from "./words.ts";

const orderPath = (orderId: string) => `/account/orders/${orderId}`;

/** What a buyer hears of a parcel on its way; that it has left and was delivered is told of the order. */
const MILESTONES = {
  out_for_delivery: {
    title: { en: "Your parcel comes today", id: "Paket Anda sedang diantar" },
    body: { en: "It is with the courier.", id: "Paket sudah dibawa kurir." },
  },
  ready_for_pickup: {
    title: { en: "Your parcel is ready to be collected", id: "Paket Anda siap diambil" },
    body: { en: "It waits for you at the carrier.", id: "Paket menunggu Anda di tempat kurir." },
  },
  delivery_failed: {
    title: { en: "Your parcel could not be delivered", id: "Paket Anda gagal diantar" },
    body: {
      en: "The courier was there and will usually come again. Please check the address and your telephone.",
      id: "Kurir sudah datang dan biasanya akan mencoba lagi. Periksa alamat dan nomor telepon Anda.",
    },
  },
  delivery_delayed: {
    title: { en: "Your parcel is late", id: "Paket Anda terlambat" },
    body: { en: "The carrier needs longer than it said.", id: "Kurir memerlukan waktu lebih lama." },
  },
  on_hold: {
    title: { en: "Your parcel is held up", id: "Paket Anda tertahan" },
    body: { en: "The carrier has stopped it for now.", id: "Kurir menahannya untuk sementara." },
  },
} as const;
export type Milestone = keyof typeof MILESTONES;

export const isMilestone = (status: string): status is Milestone => Object.hasOwn(MILESTONES, status);
export const milestoneTemplate = (status: Milestone): string => `parcel.${status}`;

const zParcel = z.object({ orderId: zId("order"), carrier: z.string(), trackingNumber: z.string() });
const numberRow = (voice: Voice, number: string) =>
  [say(voice, { en: "Tracking number", id: "Nomor resi" }), number] as const;

const templateFor = ([status, { title, body }]: [string, (typeof MILESTONES)[Milestone]]): Template =>
  defineTemplate({
    name: milestoneTemplate(status as Milestone),
    version: 1,
    category: "order_update",
    data: zParcel,
    mail: ({ orderId, carrier, trackingNumber }, voice) => {
      const subject = say(voice, title);
      const label = say(voice, { en: "See where it is", id: "Lihat posisinya" });
      const rows = [[say(voice, { en: "Carrier", id: "Kurir" }), carrier] as const];
      const blocks = [
        text(say(voice, body)),
        table([...rows, numberRow(voice, trackingNumber)]),
        button(label, `${voice.origin}${orderPath(orderId)}`),
      ];
      return { subject, heading: subject, blocks };
    },
    entry: ({ orderId }, voice) => ({
      title: say(voice, title),
      body: say(voice, body),
      path: orderPath(orderId),
    }),
  });

export const PARCEL_TEMPLATES: readonly Template[] = Object.entries(MILESTONES).map(templateFor);
