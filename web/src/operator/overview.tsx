import { texts } from "../shell/text.ts";

const text = texts({ en: { title: "Console" }, id: { title: "Konsol" } });

export const OverviewPage = () => <h1 className="page-title">{text.title}</h1>;
