import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { pagesOf } from "../api/queries.ts";
import { said, texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { useShop } from "./shop.ts";
import { sayBenefit, type Voucher } from "./voucher-draft.ts";

const text = texts({
  en: {
    title: "Vouchers",
    fresh: "New voucher",
    none: "No vouchers yet",
    noneText: "A voucher brings buyers back: give some percent off, free shipping or a cashback.",
    until: (from: string, until: string) => `${from} to ${until}`,
  },
  id: {
    title: "Voucher",
    fresh: "Voucher baru",
    none: "Belum ada voucher",
    noneText: "Voucher membuat pembeli kembali: beri potongan, gratis ongkir, atau cashback.",
    until: (from: string, until: string) => `${from} sampai ${until}`,
  },
});
export const voucherState = texts({
  en: { active: "In use", paused: "Paused", ended: "Ended" },
  id: { active: "Berlaku", paused: "Dijeda", ended: "Berakhir" },
});
export const voucherTone: { readonly [S in Voucher["state"]]: Tone } = {
  active: "good",
  paused: "deal",
  ended: "plain",
};

/** The shop's vouchers, the newest first. */
export function VouchersPage() {
  const vouchers = useInfiniteQuery(pagesOf("GET /v1/vouchers", { query: {} }, useShop()));
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="page-title mb-0!">{text.title}</h1>
        <Link to="/shop/vouchers/new" className="button button-primary button-small">
          {text.fresh}
        </Link>
      </header>
      <Paged query={vouchers} keyOf={({ id }) => id} empty={<Empty title={text.none} text={text.noneText} />}>
        {(voucher) => (
          <Link
            to="/shop/vouchers/$voucherId"
            params={{ voucherId: voucher.id }}
            className="panel hover:shadow-card flex flex-wrap items-center gap-x-4 gap-y-1 transition-shadow"
          >
            <span className="min-w-0 flex-1 basis-52">
              <strong className="block">{said(voucher.titles)}</strong>
              <span className="text-muted text-sm">
                {sayBenefit(voucher.benefit)}, {text.until(day(voucher.startsAt), day(voucher.endsAt))}
              </span>
            </span>
            <code className="text-sm font-bold">{voucher.code}</code>
            <Tag tone={voucherTone[voucher.state]}>{voucherState[voucher.state]}</Tag>
          </Link>
        )}
      </Paged>
    </>
  );
}
