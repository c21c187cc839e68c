import { call } from "../api/client.ts";

/** A provider takes people back to one address; where they were going waits here. */
const NEXT = "titan.next";

type Terms = {
  readonly next?: string | undefined;
  /** Whether it becomes another way into the account that is signed in. */
  readonly link?: boolean;
};

/** Leaves for the provider's page. */
export async function beginOAuth(provider: string, { next, link = false }: Terms): Promise<void> {
  const { url } = await call("POST /v1/auth/oauth/{provider}", { path: { provider }, body: { link } });
  if (next === undefined) sessionStorage.removeItem(NEXT);
  else sessionStorage.setItem(NEXT, next);
  location.assign(url);
}

export const nextAfterOAuth = (): string | undefined => sessionStorage.getItem(NEXT) ?? undefined;

/** `google` as people write it. */
export const providerName = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
