import { writeDocument } from "./document.tsx";

type Document = { readonly made: string; readonly html: string };

/** A tenth of an isolate, as text: the oldest leave first. */
const CHARS_MAX = 6_000_000;
const kept = new Map<string, Document>();
let chars = 0;

const sizeOf = ({ made, html }: Document): number => made.length + html.length;

function forget(key: string): void {
  const document = kept.get(key);
  if (!document) return;
  chars -= sizeOf(document);
  kept.delete(key);
}

/** A page's document, written again when anything that it was made of is another. */
export function documentOf(given: Parameters<typeof writeDocument>[0]): string {
  const { place, path, reading, written, files } = given;
  const key = `${place.ctx.cell} ${place.origin}${place.base}${path}`;
  const made = `${files.script} ${written.title} ${JSON.stringify(reading.seeds)}`;
  const before = kept.get(key);
  if (before?.made === made) return before.html;
  const document = { made, html: writeDocument(given) };
  forget(key);
  kept.set(key, document);
  chars += sizeOf(document);
  for (const oldest of kept.keys()) {
    if (chars <= CHARS_MAX) break;
    forget(oldest);
  }
  return document.html;
}
