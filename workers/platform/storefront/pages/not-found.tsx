import type { Place, Written } from "./page.ts";
import { say } from "./say.ts";

type Note = Pick<Written, "status"> & { readonly title: string; readonly text: string };

const note = ({ status, title, text }: Note): Written => ({
  status,
  indexed: false,
  title: `${title} · Titan`,
  description: text,
  body: (
    <section class="empty">
      <h1 class="empty-title">{title}</h1>
      <p class="empty-text">{text}</p>
    </section>
  ),
});

export function notFound(place: Place): Written {
  const { notFound: title, notFoundText: text } = say(place);
  return note({ status: 404, title, text });
}

/** Something that the page needs is restarting; whoever crawls comes again and forgets nothing. */
export function away(place: Place): Written {
  const { away: title, awayText: text } = say(place);
  return note({ status: 503, title, text });
}
