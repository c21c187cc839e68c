import { Link } from "@tanstack/react-router";
import { LIVE_TEXTS } from "#platform/storefront/pages/live-texts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";

const text = texts(LIVE_TEXTS);

type Show = Pick<Schemas["ListedShow"], "id" | "title" | "state" | "startsAt" | "shop">;

/** Shows side by side; the first HTML has the same (workers/platform/storefront/pages/live.tsx). */
export const ShowCards = ({ items }: { readonly items: readonly Show[] }) => (
  <ul className="shows">
    {items.map(({ id, title, state, startsAt, shop }) => (
      <li key={id}>
        <Link className="show-card" to="/live/$livestreamId" params={{ livestreamId: id }}>
          <span className="show-mark">
            {state === "live" ? (
              <span className="tag tag-live">{text.live}</span>
            ) : (
              <span className="tag tag-plain">{state === "replay" ? text.replay : moment(startsAt)}</span>
            )}
          </span>
          <span className="show-title">{title}</span>
          <span className="show-shop">{shop.name}</span>
        </Link>
      </li>
    ))}
  </ul>
);
