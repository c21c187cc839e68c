import { texts } from "../shell/text.ts";

const text = texts({ en: { title: "Seller centre" }, id: { title: "Pusat penjual" } });

export const OverviewPage = () => <h1 className="page-title">{text.title}</h1>;
