import type { ReactNode } from "react";

/** What a state means to whoever reads it; never said by colour alone. */
export type Tone = "plain" | "brand" | "good" | "bad" | "deal";

type Props = { readonly tone?: Tone; readonly children: ReactNode };

/** The state of something in a word. */
export const Tag = ({ tone = "plain", children }: Props) => (
  <span className={`tag tag-${tone}`}>{children}</span>
);
