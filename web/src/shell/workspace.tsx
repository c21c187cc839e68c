import { Link, type LinkProps, Outlet, useLocation } from "@tanstack/react-router";
import type { LucideIcon } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useTitle } from "./title.ts";

export type Place = {
  readonly to: NonNullable<LinkProps["to"]>;
  readonly label: string;
  readonly icon: LucideIcon;
};

type Props = {
  readonly label: string;
  /** Its parts, in the order in which they are needed. */
  readonly places: readonly Place[];
  /** Stands above the parts: whose shop it is, for instance. */
  readonly head?: ReactNode;
};

/** Account, seller centre and console: parts at the side, on a phone in a row above. */
export function Workspace({ label, places, head }: Props) {
  const list = useInSight();
  const { pathname } = useLocation();
  const here = places
    .filter(({ to }) => pathname === to || pathname.startsWith(`${to}/`))
    .toSorted((a, b) => b.to.length - a.to.length)[0];
  useTitle(...(here ? [here.label] : []), label);
  return (
    <div className="workspace">
      <nav className="workspace-nav" aria-label={label}>
        {head}
        <ul className="workspace-places" ref={list}>
          {places.map(({ to, label: name, icon: Icon }, at) => (
            <li key={to}>
              <Link
                to={to}
                className="workspace-place"
                activeOptions={{ exact: at === 0, includeSearch: false }}
                activeProps={{ "aria-current": "page" }}
              >
                <Icon size={18} aria-hidden />
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="min-w-0">
        <Outlet />
      </div>
    </div>
  );
}

/** On a phone the parts stand in a row that is wider than the screen: where one is, is brought into it. */
function useInSight() {
  const list = useRef<HTMLUListElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const row = list.current;
    const place = row?.querySelector<HTMLElement>("[aria-current=page]");
    if (row && place && pathname) row.scrollLeft += centreOf(place) - centreOf(row);
  }, [pathname]);
  return list;
}

function centreOf(element: HTMLElement): number {
  const { left, width } = element.getBoundingClientRect();
  return left + width / 2;
}
