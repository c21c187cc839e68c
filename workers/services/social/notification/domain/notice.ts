import type * as z from "zod";
import type { Locale } from "#kernel/errors";
import { button, note, text } from "./content.ts";
import type { Category } from "./message.ts";
import { defineTemplate, type Template } from "./template.ts";
import { say, type Voice } from "./words.ts";

type Words = { readonly [L in Locale]: string };

type Notice<S extends z.ZodObject> = {
  readonly name: string;
  readonly category: Category;
  readonly data: S;
  readonly title: Words | ((data: z.output<S>) => Words);
  /** A sentence that says what happened and what comes next. */
  readonly body: (data: z.output<S>, voice: Voice) => Words;
  /** What somebody wrote, or the name that a case goes by. */
  readonly aside?: (data: z.output<S>) => string | null | undefined;
  /** Where it leads on the storefront, or on the shop's side of it. */
  readonly path: (data: z.output<S>) => string;
  readonly label: Words;
};

/** A message that says one thing: the mail and the inbox have the same words. */
export function defineNotice<S extends z.ZodObject>(notice: Notice<S>): Template {
  const { name, category, data, title, body, aside, path, label } = notice;
  const titleOf = (of: z.output<S>, voice: Voice): string =>
    say(voice, typeof title === "function" ? title(of) : title);
  return defineTemplate({
    name,
    version: 1,
    category,
    data,
    mail: (of, voice) => {
      const subject = titleOf(of, voice);
      const words = aside?.(of);
      const open = button(say(voice, label), `${voice.origin}${path(of)}`);
      const blocks = [text(say(voice, body(of, voice))), ...(words ? [note(words)] : []), open];
      return { subject, heading: subject, blocks };
    },
    entry: (of, voice) => ({
      title: titleOf(of, voice),
      body: say(voice, body(of, voice)),
      path: path(of),
    }),
  });
}
