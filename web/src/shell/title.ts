import { useEffect } from "react";
import { TEXTS } from "#platform/storefront/pages/texts";
import { locale } from "./page.ts";

const USUAL = `Titan · ${TEXTS[locale].tagline}`;
/** Of the parts that are on the screen; the one that came last is what the tab says. */
const titles: { readonly title: string }[] = [];

function write(): void {
  document.title = titles.at(-1)?.title ?? USUAL;
}

/** What the tab says, as the first HTML of the page does; nothing while a part of it is not known yet. */
export function useTitle(...parts: readonly (string | undefined)[]): void {
  const title = parts.includes(undefined) ? undefined : [...parts, "Titan"].join(" · ");
  useEffect(() => {
    if (title === undefined) return;
    const mine = { title };
    titles.push(mine);
    write();
    return () => {
      titles.splice(titles.indexOf(mine), 1);
      write();
    };
  }, [title]);
}
