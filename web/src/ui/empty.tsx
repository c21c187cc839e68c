import type { ReactNode } from "react";

type Props = {
  readonly title: string;
  readonly text?: string;
  /** What one can do about it. */
  readonly children?: ReactNode;
};

/** What a person is told where there is nothing yet. */
export const Empty = ({ title, text, children }: Props) => (
  <section className="empty">
    <h2 className="empty-title">{title}</h2>
    {text !== undefined && <p className="empty-text">{text}</p>}
    {children}
  </section>
);
