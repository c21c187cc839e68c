import type { ReactNode } from "react";
import { useTitle } from "../shell/title.ts";

type Props = { readonly title: string; readonly intro?: ReactNode; readonly children?: ReactNode };

/** What every page of signing in stands in. */
export function Card({ title, intro, children }: Props) {
  useTitle(title);
  return (
    <section className="panel mx-auto mt-4 max-w-md sm:mt-8 sm:p-7">
      <h1 className="text-2xl font-extrabold tracking-tight">{title}</h1>
      {intro !== undefined && <p className="text-muted mt-2">{intro}</p>}
      <div className="mt-6">{children}</div>
    </section>
  );
}
