import { User } from "lucide-react";
import { texts } from "../shell/text.ts";
import { Workspace } from "../shell/workspace.tsx";

const text = texts({
  en: { label: "Account", overview: "Overview" },
  id: { label: "Akun", overview: "Ikhtisar" },
});

export const AccountLayout = () => (
  <Workspace label={text.label} places={[{ to: "/account", label: text.overview, icon: User }]} />
);
