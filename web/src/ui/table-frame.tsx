import type { ReactNode } from "react";

type Props = {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
};

/** A table that is wider than a phone moves sideways in its own frame, by touch and by the arrow keys. */
export const TableFrame = ({ label, className = "", children }: Props) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: keys alone must move what is in it.
  <section className={`table-frame ${className}`} aria-label={label} tabIndex={0}>
    {children}
  </section>
);
