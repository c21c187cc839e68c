import { call } from "../api/client.ts";
import { basePath } from "../shell/page.ts";

/** A provider takes people back to one address; where they began, and in which language, waits here. */
const BEGUN = "titan.oauth";

type Begun = { readonly base?: string | undefined; readonly next?: string | undefined };
type Terms = {
  readonly next?: string | undefined;
  /** Whether it becomes another way into the account that is signed in. */
  readonly link?: boolean;
};

/** Leaves for the provider's page. */
export async function beginOAuth(provider: string, { next, link = false }: Terms): Promise<void> {
  const { url } = await call("POST /v1/auth/oauth/{provider}", { path: { provider }, body: { link } });
  sessionStorage.setItem(BEGUN, JSON.stringify({ base: basePath, next } satisfies Begun));
  location.assign(url);
}

const begun = (): Begun => JSON.parse(sessionStorage.getItem(BEGUN) ?? "{}") as Begun;

export const nextAfterOAuth = (): string | undefined => begun().next;

/** `beforeLoad` of the page that providers know: whoever began in another language goes on in that one. */
export function resumeLanguage(): undefined | Promise<never> {
  const { base = basePath } = begun();
  if (base === basePath) return undefined;
  const trimmed = (one: string) => one.replace(/\/$/, "");
  const path = location.pathname.slice(trimmed(basePath).length);
  location.replace(`${trimmed(base)}${path}${location.search}`);
  return new Promise(() => undefined);
}

/** `google` as people write it. */
export const providerName = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
