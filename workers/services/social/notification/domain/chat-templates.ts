import * as z from "zod";
import { zId } from "#kernel/ids";
import { button, note, text } from "./content.ts";
import { defineTemplate, type Template } from "./template.ts";
import { moment, say } from "./words.ts";

const missed = defineTemplate({
  name: "chat.missed",
  version: 1,
  category: "chat",
  data: z.object({
    conversationId: zId("conversation"),
    fromName: z.string(),
    unread: z.int(),
    preview: z.string(),
    isShop: z.boolean(),
  }),
  mail: ({ conversationId, fromName, unread, preview, isShop }, voice) => {
    const subject = say(voice, { en: `${fromName} wrote to you`, id: `${fromName} mengirim pesan` });
    const more = say(voice, {
      en: unread === 1 ? "One message waits for you." : `${unread} messages wait for you.`,
      id: `${unread} pesan menunggu Anda.`,
    });
    const label = say(voice, { en: "Read and answer", id: "Baca dan balas" });
    const path = isShop ? "/shop/chats" : "/chats";
    const open = button(label, `${voice.origin}${path}/${conversationId}`);
    return { subject, heading: subject, blocks: [...(preview ? [text(preview)] : []), open, note(more)] };
  },
  entry: ({ conversationId, fromName, preview, isShop }, voice) => ({
    title: say(voice, { en: `${fromName} wrote to you`, id: `${fromName} mengirim pesan` }),
    body: preview,
    path: `${isShop ? "/shop/chats" : "/chats"}/${conversationId}`,
  }),
});

const late = defineTemplate({
  name: "chat.answer_late",
  version: 1,
  category: "chat",
  data: z.object({ conversationId: zId("conversation"), askedAt: z.int() }),
  entry: ({ conversationId, askedAt }, voice) => ({
    title: say(voice, { en: "A buyer still waits for an answer", id: "Pembeli masih menunggu jawaban" }),
    body: say(voice, {
      en: `Asked ${moment(voice, askedAt)}.`,
      id: `Ditanyakan ${moment(voice, askedAt)}.`,
    }),
    path: `/shop/chats/${conversationId}`,
  }),
});

export const CHAT_TEMPLATES: readonly Template[] = [missed, late];
