import type { ReactNode } from "react";
import { Countdown } from "../ui/countdown.tsx";

type Props = {
  readonly kind: string;
  readonly title: string;
  /** When it closes, by the server's clock; undefined once it has. */
  readonly until?: number | undefined;
  readonly skew: number;
  readonly children: ReactNode;
};

/** Something that the host has opened: what it is, how long it lasts, and what one can do. */
export const EventCard = ({ kind, title, until, skew, children }: Props) => (
  <section className="live-event" aria-label={`${kind}: ${title}`}>
    <div className="flex items-baseline justify-between gap-3">
      <h2 className="min-w-0 truncate font-bold">
        <span className="text-deal mr-1.5">{kind}</span>
        {title}
      </h2>
      {until !== undefined && <Countdown until={until} skew={skew} />}
    </div>
    {children}
  </section>
);
