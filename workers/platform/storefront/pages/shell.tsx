import type { Place } from "./page.ts";
import { say } from "./say.ts";

/** The head of every page as it stands before the browser's part takes over: it looks the same and works. */
export function Header({ place }: { readonly place: Place }) {
  const { base } = place;
  const text = say(place);
  return (
    <header class="site-header">
      <div class="site-bar">
        <a class="brand" href={base || "/"}>
          Titan
        </a>
        <search class="site-search">
          <form action={`${base}/search`}>
            <input class="input" type="search" name="q" aria-label={text.search} placeholder={text.search} />
          </form>
        </search>
        <nav class="site-nav" aria-label={text.account}>
          <a class="nav-link" href={`${base}/cart`}>
            {text.cart}
          </a>
          <a class="nav-link" href={`${base}/sign-in`}>
            {text.signIn}
          </a>
        </nav>
      </div>
    </header>
  );
}
