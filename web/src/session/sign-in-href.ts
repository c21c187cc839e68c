import { hrefOf } from "../shell/page.ts";

/** Where one signs in and comes back from. */
export const signInHref = (): string => hrefOf(`/sign-in?${new URLSearchParams({ next: ownAddress() })}`);

function ownAddress(): string {
  const { pathname, search } = location;
  const base = hrefOf("/").replace(/\/$/, "");
  return `${pathname.slice(base.length)}${search}` || "/";
}
