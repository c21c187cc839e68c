import { Store } from "lucide-react";
import { texts } from "../shell/text.ts";
import { Workspace } from "../shell/workspace.tsx";

const text = texts({
  en: { label: "Seller centre", overview: "Overview" },
  id: { label: "Pusat penjual", overview: "Ikhtisar" },
});

export const SellerLayout = () => (
  <Workspace label={text.label} places={[{ to: "/shop", label: text.overview, icon: Store }]} />
);
