import type { Locale } from "#kernel/errors";

const WORDS = {
  en: {
    ask: "Stop mails of this kind?",
    button: "Stop them",
    done: "Done. You will get no more mails of this kind.",
  },
  id: {
    ask: "Berhenti menerima email jenis ini?",
    button: "Berhenti",
    done: "Selesai. Anda tidak akan menerima email jenis ini lagi.",
  },
} as const;

const page = (locale: Locale, body: string): string =>
  [
    `<!doctype html><html lang="${locale}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><title>Titan Commerce</title></head>`,
    `<body style="font:18px/1.5 Arial,sans-serif;max-width:28em;margin:15vh auto;padding:0 1em">`,
    `${body}</body></html>`,
  ].join("\n");

/** The form posts back to the very address it was read from, signature and all. */
export const stopPage = (locale: Locale): string =>
  page(
    locale,
    `<h1>${WORDS[locale].ask}</h1><form method="post">` +
      `<input type="hidden" name="List-Unsubscribe" value="One-Click">` +
      `<button style="font:inherit;padding:.5em 1em">${WORDS[locale].button}</button></form>`,
  );

export const stoppedPage = (locale: Locale): string => page(locale, `<h1>${WORDS[locale].done}</h1>`);
