import { Link } from "@tanstack/react-router";
import { texts } from "../shell/text.ts";
import { Card } from "./card.tsx";

const text = texts({
  en: {
    title: "This link does not work",
    intro: "It is incomplete. Open it from the mail again, or have a new one sent.",
    signIn: "Sign in",
  },
  id: {
    title: "Tautan ini tidak berfungsi",
    intro: "Tautannya tidak lengkap. Buka lagi dari email, atau minta yang baru.",
    signIn: "Masuk",
  },
});

/** The page of a mailed link without what makes it one. */
export const DeadLink = () => (
  <Card title={text.title} intro={text.intro}>
    <Link className="button button-primary" to="/sign-in">
      {text.signIn}
    </Link>
  </Card>
);
