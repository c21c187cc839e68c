import type * as z from "zod";
import type { Content } from "./content.ts";
import type { Category, TemplateData } from "./message.ts";
import type { Voice } from "./words.ts";

/** What the inbox on the site shows: a line, a sentence, and where it leads on the storefront. */
export type Teaser = { readonly title: string; readonly body: string; readonly path: string };

export type Template = {
  readonly name: string;
  /** A template whose wording or data changes gets a new version; queued mail is still sent in its own. */
  readonly version: number;
  readonly category: Category;
  /** A mail; undefined when only the inbox is told. */
  readonly mail: ((data: TemplateData, voice: Voice) => Content) | undefined;
  /** Undefined: nothing for the inbox, such as a code that is good for minutes. */
  readonly entry: ((data: TemplateData, voice: Voice) => Teaser) | undefined;
};

type Definition<S extends z.ZodObject> = {
  readonly name: string;
  readonly version: number;
  readonly category: Category;
  readonly data: S;
  readonly mail?: (data: z.output<S>, voice: Voice) => Content;
  readonly entry?: (data: z.output<S>, voice: Voice) => Teaser;
};

/** Reads its data before it speaks: what was queued by a mistake fails there and not in a mail. */
export function defineTemplate<S extends z.ZodObject>({
  data,
  mail,
  entry,
  ...about
}: Definition<S>): Template {
  const reading =
    <T>(speak: (data: z.output<S>, voice: Voice) => T) =>
    (raw: TemplateData, voice: Voice): T =>
      speak(data.parse(raw), voice);
  return { ...about, mail: mail && reading(mail), entry: entry && reading(entry) };
}
