import { Check } from "lucide-react";
import type { ReactNode } from "react";

type Props = {
  readonly id: string;
  readonly title: string;
  /** Whether all that it asks for is there. */
  readonly isDone?: boolean;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
};

/** A part of the checkout; whoever orders too early is led to its heading. */
export const Section = ({ id, title, isDone = false, aside, children }: Props) => (
  <section className="panel" aria-labelledby={id}>
    <header className="mb-4 flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
      <h2
        id={id}
        tabIndex={-1}
        className="flex scroll-mt-24 items-center gap-2 text-lg font-bold whitespace-nowrap"
      >
        {title}
        {isDone && <Check size={18} className="text-good" aria-hidden />}
      </h2>
      {aside}
    </header>
    {children}
  </section>
);
