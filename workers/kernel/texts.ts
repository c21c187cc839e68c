import * as z from "zod";
import type { Locale } from "./errors.ts";

/** What people read, by locale: English is always there, the others where somebody wrote them. */
export type Texts = { readonly en: string; readonly id?: string | undefined };

export const zTexts = (charsMax: number) =>
  z.object({
    en: z.string().trim().min(1).max(charsMax),
    id: z.string().trim().min(1).max(charsMax).optional(),
  });

export const textIn = (texts: Texts, locale: Locale): string => texts[locale] ?? texts.en;
