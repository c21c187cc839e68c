import { Gauge } from "lucide-react";
import { texts } from "../shell/text.ts";
import { Workspace } from "../shell/workspace.tsx";

const text = texts({
  en: { label: "Console", overview: "Overview" },
  id: { label: "Konsol", overview: "Ikhtisar" },
});

export const OperatorLayout = () => (
  <Workspace label={text.label} places={[{ to: "/operator", label: text.overview, icon: Gauge }]} />
);
