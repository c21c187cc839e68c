import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import { forgetReads, pagesOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { count, money, said, texts } from "../shell/text.ts";
import { day, moment } from "../shell/when.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag } from "../ui/tag.tsx";
import { ShopLink } from "./shop-name.tsx";

const text = texts({
  en: {
    title: "Vouchers",
    code: "Do you have a code?",
    add: "Add voucher",
    mine: "Yours",
    none: "You have no vouchers yet.",
    offered: "To collect",
    noneOffered: "There is nothing to collect right now.",
    collect: "Collect",
    platform: "Titan",
    until: (at: string) => `Until ${at}`,
    min: (amount: string) => `From ${amount}`,
    upTo: (amount: string) => `at most ${amount}`,
    firstOrder: "On your first order",
    off: (what: string) => `${what} off`,
    offShipping: (what: string) => `${what} off shipping`,
    freeShipping: "Free shipping",
    bxgy: (buy: string, get: string, off: string) => `Buy ${buy}, get ${get} with ${off} off`,
    bxgyFree: (buy: string, get: string) => `Buy ${buy}, get ${get} free`,
    cashback: (share: string, days: string) => `${share} back as bonus for ${days} days`,
    needMore: (amount: string) => `Spend ${amount} more.`,
    needUntil: (at: string) => `Wait until ${at}.`,
    ready: "Ready to use",
  },
  id: {
    title: "Voucher",
    code: "Punya kode?",
    add: "Simpan",
    mine: "Milik Anda",
    none: "Anda belum punya voucher.",
    offered: "Bisa diambil",
    noneOffered: "Saat ini tidak ada yang bisa diambil.",
    collect: "Ambil",
    platform: "Titan",
    until: (at: string) => `Sampai ${at}`,
    min: (amount: string) => `Mulai ${amount}`,
    upTo: (amount: string) => `maksimal ${amount}`,
    firstOrder: "Untuk pesanan pertama Anda",
    off: (what: string) => `Potongan ${what}`,
    offShipping: (what: string) => `Potongan ongkir ${what}`,
    freeShipping: "Gratis ongkir",
    bxgy: (buy: string, get: string, off: string) => `Beli ${buy}, dapat ${get} dengan potongan ${off}`,
    bxgyFree: (buy: string, get: string) => `Beli ${buy}, gratis ${get}`,
    cashback: (share: string, days: string) => `${share} kembali sebagai bonus selama ${days} hari`,
    needMore: (amount: string) => `Belanja ${amount} lagi.`,
    needUntil: (at: string) => `Tunggu sampai ${at}.`,
    ready: "Siap dipakai",
  },
});

const PAGE = 20;
const READS = ["GET /v1/vouchers/mine", "GET /v1/vouchers/collectable"] as const;

export function VouchersPage() {
  const mine = useInfiniteQuery(pagesOf("GET /v1/vouchers/mine", { query: { limit: PAGE } }));
  const offered = useInfiniteQuery(pagesOf("GET /v1/vouchers/collectable", { query: { limit: PAGE } }));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <CodeForm />
      <h2 className="section-title">{text.mine}</h2>
      <Paged
        query={mine}
        keyOf={({ id }) => id}
        className={GRID}
        empty={<p className="text-muted">{text.none}</p>}
      >
        {(voucher) => (
          <Coupon voucher={voucher}>
            <Use whyNot={voucher.whyNot} />
          </Coupon>
        )}
      </Paged>
      <h2 className="section-title">{text.offered}</h2>
      <Paged
        query={offered}
        keyOf={({ id }) => id}
        className={GRID}
        empty={<p className="text-muted">{text.noneOffered}</p>}
      >
        {(voucher) => (
          <Coupon voucher={voucher}>
            <Collect voucherId={voucher.id} />
          </Coupon>
        )}
      </Paged>
    </>
  );
}
const GRID = "grid gap-3 sm:grid-cols-2";

function CodeForm() {
  const collect = useMutation({
    mutationFn: (code: string) => call("POST /v1/vouchers/collect", { body: { code } }),
    onSuccess: () => forgetReads(READS),
  });
  return (
    <form
      className="panel form max-w-md"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const code = String(new FormData(form).get("code") ?? "").trim();
        collect.mutate(code, { onSuccess: () => form.reset() });
      }}
    >
      <TextField
        label={text.code}
        name="code"
        autoComplete="off"
        className="uppercase"
        required
        error={fieldError(collect.error, "body.code")}
      />
      <Refusal error={collect.error} />
      <button type="submit" className="button button-primary self-start" disabled={collect.isPending}>
        {text.add}
      </button>
    </form>
  );
}

type Voucher = Schemas["Offered"];
type Benefit = Voucher["benefit"];

const share = (basisPoints: number): string => `${count(basisPoints / 100)}%`;

const WHOLE_BASIS_POINTS = 10_000;

function giftOf({ buyQuantity, getQuantity, basisPoints }: Extract<Benefit, { kind: "bxgy" }>): string {
  const [buy, get] = [count(buyQuantity), count(getQuantity)];
  return basisPoints === WHOLE_BASIS_POINTS
    ? text.bxgyFree(buy, get)
    : text.bxgy(buy, get, share(basisPoints));
}

function wordsOf(benefit: Benefit): string {
  switch (benefit.kind) {
    case "fixed":
      return benefit.target === "goods"
        ? text.off(money(benefit.amount))
        : text.offShipping(money(benefit.amount));
    case "percent":
      return benefit.target === "goods"
        ? text.off(share(benefit.basisPoints))
        : text.offShipping(share(benefit.basisPoints));
    case "free_shipping":
      return text.freeShipping;
    case "bxgy":
      return giftOf(benefit);
    case "cashback":
      return text.cashback(share(benefit.basisPoints), count(benefit.validForDays));
  }
}

type CouponProps = { readonly voucher: Voucher; readonly children: ReactNode };

function Coupon({ voucher, children }: CouponProps) {
  const { titles, benefit, conditions, sellerId, code, endsAt, firstOrder } = voucher;
  const cap = benefit.kind === "fixed" ? null : benefit.cap;
  const terms = [
    cap && text.upTo(money(cap)),
    conditions.minSpend && text.min(money(conditions.minSpend)),
    firstOrder && text.firstOrder,
    text.until(day(endsAt)),
  ].filter(Boolean);
  return (
    <article className="panel flex h-full flex-col gap-1">
      <p className="text-muted text-sm">
        {sellerId === null ? text.platform : <ShopLink sellerId={sellerId} />}
      </p>
      <h3 className="text-brand text-lg font-bold">{wordsOf(benefit)}</h3>
      <p className="text-sm">{said(titles)}</p>
      <p className="text-muted text-sm">{terms.join(" · ")}</p>
      <div className="mt-auto flex flex-wrap items-center justify-between gap-2 pt-2">
        <code className="bg-sunken rounded-md px-2 py-0.5 text-sm">{code}</code>
        {children}
      </div>
    </article>
  );
}

/** Why it cannot be used now, and what would help, as the API says it. */
function Use({ whyNot }: Pick<Schemas["Mine"], "whyNot">) {
  if (!whyNot) return <Tag tone="good">{text.ready}</Tag>;
  const helps = whyNot.needs.map((need) => {
    if (need.kind === "spend_more") return text.needMore(money(need.amount));
    return need.kind === "wait_until" ? text.needUntil(moment(need.at)) : "";
  });
  return (
    <p className="text-muted basis-full text-sm">
      {whyNot.detail} {helps.join(" ")}
    </p>
  );
}

function Collect({ voucherId }: { readonly voucherId: string }) {
  const collect = useMutation({
    mutationFn: () => call("POST /v1/vouchers/{voucherId}/collect", { path: { voucherId } }),
    onSuccess: () => forgetReads(READS),
  });
  return (
    <>
      <button
        type="button"
        className="button button-quiet button-small"
        disabled={collect.isPending}
        onClick={() => collect.mutate()}
      >
        {text.collect}
      </button>
      <Refusal error={collect.error} />
    </>
  );
}
