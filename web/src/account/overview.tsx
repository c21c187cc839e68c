import { leave } from "../session/session.ts";
import { texts } from "../shell/text.ts";

const text = texts({
  en: { title: "Account", signOut: "Sign out" },
  id: { title: "Akun", signOut: "Keluar" },
});

export const OverviewPage = () => (
  <>
    <h1 className="page-title">{text.title}</h1>
    <button type="button" className="button button-quiet" onClick={() => void leave()}>
      {text.signOut}
    </button>
  </>
);
