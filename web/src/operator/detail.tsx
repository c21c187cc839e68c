import type { UseQueryResult } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Loaded } from "../ui/loaded.tsx";

const text = texts({ en: { history: "What happened" }, id: { history: "Riwayat" } });

type Props<T> = {
  /** The list that one came from. */
  readonly to: NonNullable<LinkProps["to"]>;
  readonly back: string;
  readonly query: UseQueryResult<T>;
  readonly children: (read: T) => ReactNode;
};

/** One thing of a list, with the way back. */
export const Detail = <T,>({ to, back, query, children }: Props<T>) => (
  <>
    <Link to={to} className="text-brand text-sm font-semibold">
      {back}
    </Link>
    <Loaded query={query}>
      {(read) => <div className="mt-3 flex flex-col gap-5">{children(read)}</div>}
    </Loaded>
  </>
);

type Step = { readonly seq: number; readonly at: string };
type HistoryProps<S extends Step> = {
  /** What was done, in words. */
  readonly say: (step: S) => string;
  readonly query: UseQueryResult<{ readonly items: readonly S[] }>;
  /** What else there is to know of it. */
  readonly children: (step: S) => ReactNode;
};

/** What happened to it, by whom, the first first. */
export const History = <S extends Step>({ query, say, children }: HistoryProps<S>) => (
  <section className="panel">
    <h2 className="mb-3 font-bold">{text.history}</h2>
    <Loaded query={query}>
      {({ items }) => (
        <ol className="divide-line divide-y text-sm">
          {items.map((step) => (
            <li key={step.seq} className="flex flex-wrap gap-x-4 py-2">
              <time className="text-muted" dateTime={step.at}>
                {moment(step.at)}
              </time>
              <span className="font-semibold">{say(step)}</span>
              {children(step)}
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  </section>
);
