import type { ReactNode } from "react";

type Fact = readonly [name: string, value: ReactNode];

/** Names and values of one thing, those without a value left out. */
export const Facts = ({ of }: { readonly of: readonly Fact[] }) => (
  <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-5 gap-y-1.5 text-sm">
    {of
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([name, value]) => (
        <div key={name} className="col-span-2 grid grid-cols-subgrid">
          <dt className="text-muted">{name}</dt>
          <dd className="break-words">{value}</dd>
        </div>
      ))}
  </dl>
);
