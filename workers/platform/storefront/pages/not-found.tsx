import type { Place, Written } from "./page.ts";
import { say } from "./say.ts";

export function notFound(place: Place): Written {
  const text = say(place);
  return {
    status: 404,
    indexed: false,
    title: `${text.notFound} · Titan`,
    description: text.notFoundText,
    body: (
      <section class="empty">
        <h1 class="empty-title">{text.notFound}</h1>
        <p class="empty-text">{text.notFoundText}</p>
      </section>
    ),
  };
}
