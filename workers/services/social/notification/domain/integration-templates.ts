import * as z from "zod";
import { button, note, text } from "./content.ts";
import { defineTemplate, type Template } from "./template.ts";
import { say } from "./words.ts";

const DISABLED = { en: "A webhook endpoint was disabled", id: "Sebuah endpoint webhook dinonaktifkan" };
const WHY = {
  failing: {
    en: "It has taken nothing for three days.",
    id: "Endpoint ini tidak menerima apa pun selama tiga hari.",
  },
  gone: { en: "It said that it is gone (410).", id: "Endpoint ini menjawab bahwa ia sudah tidak ada (410)." },
} as const;
const HELD = {
  en: "What happens meanwhile is kept for 30 days and can be replayed once the endpoint is enabled again.",
  id: "Peristiwa selama itu disimpan 30 hari dan dapat dikirim ulang setelah endpoint diaktifkan kembali.",
};

const disabled = defineTemplate({
  name: "webhook.disabled",
  version: 1,
  category: "account",
  data: z.object({ host: z.string(), disabledFor: z.enum(["failing", "gone"]) }),
  mail: ({ host, disabledFor }, voice) => {
    const subject = say(voice, DISABLED);
    const label = say(voice, { en: "See its log", id: "Lihat lognya" });
    const blocks = [
      text(`${host}: ${say(voice, WHY[disabledFor])}`),
      note(say(voice, HELD)),
      button(label, `${voice.origin}/shop/webhooks`),
    ];
    return { subject, heading: subject, blocks };
  },
  entry: ({ host }, voice) => ({ title: say(voice, DISABLED), body: host, path: "/shop/webhooks" }),
});

export const INTEGRATION_TEMPLATES: readonly Template[] = [disabled];
