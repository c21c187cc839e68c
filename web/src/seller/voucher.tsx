import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { queryOf } from "../api/queries.ts";
import { count, money, said, texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Form } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { TableFrame } from "../ui/table-frame.tsx";
import { Tag } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";
import { type Kind, sayBenefit, termsOf, type Voucher } from "./voucher-draft.ts";
import { VoucherFields } from "./voucher-fields.tsx";
import { voucherState, voucherTone } from "./vouchers.tsx";

const text = texts({
  en: {
    back: "Vouchers",
    pause: "Pause",
    resume: "Use it again",
    end: "End for good",
    usage: "How it is used",
    redeemed: "Used",
    buyers: "Buyers",
    amount: "Given in all",
    left: "Uses left",
    budgetLeft: "Budget left",
    day: "Day",
    change: "Change it",
    hint: "What was used keeps its terms.",
    save: "Save",
  },
  id: {
    back: "Voucher",
    pause: "Jeda",
    resume: "Pakai lagi",
    end: "Akhiri permanen",
    usage: "Pemakaian",
    redeemed: "Dipakai",
    buyers: "Pembeli",
    amount: "Total diberikan",
    left: "Sisa pemakaian",
    budgetLeft: "Sisa anggaran",
    day: "Hari",
    change: "Ubah",
    hint: "Yang sudah dipakai tetap dengan syarat lama.",
    save: "Simpan",
  },
});
const route = getRouteApi("/shop/vouchers/$voucherId");
const READS = ["GET /v1/vouchers", "GET /v1/vouchers/{voucherId}"] as const;

/** A voucher: what it gives, how it is used, and how it goes on. */
export function VoucherPage() {
  const { voucherId } = route.useParams();
  const voucher = useQuery(
    queryOf("GET /v1/vouchers/{voucherId}", { path: { voucherId }, query: {} }, useShop()),
  );
  return (
    <>
      <nav className="crumbs">
        <Link to="/shop/vouchers">{text.back}</Link>
      </nav>
      <Loaded query={voucher} skeleton={<div className="skeleton h-96 w-full" />}>
        {(found) => (
          <>
            <header className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-2">
              <h1 className="page-title mb-0!">{said(found.titles)}</h1>
              <Tag tone={voucherTone[found.state]}>{voucherState[found.state]}</Tag>
              <code className="font-bold">{found.code}</code>
              <span className="text-muted">{sayBenefit(found.benefit)}</span>
            </header>
            <div className="flex flex-col gap-5">
              {found.state !== "ended" && <Actions voucher={found} />}
              <Usage voucherId={voucherId} />
              {found.state !== "ended" && <EditForm key={found.version} voucher={found} />}
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function Actions({ voucher }: { readonly voucher: Voucher }) {
  const path = { voucherId: voucher.id };
  const pause = useCommand("POST /v1/vouchers/{voucherId}/pause", { forget: READS });
  const resume = useCommand("POST /v1/vouchers/{voucherId}/resume", { forget: READS });
  const end = useCommand("POST /v1/vouchers/{voucherId}/end", { forget: READS });
  const input = { path, query: {} };
  const given = { type: "button", disabled: pause.isPending || resume.isPending || end.isPending } as const;
  return (
    <div className="flex flex-wrap gap-3">
      {voucher.state === "active" ? (
        <button {...given} className="button button-quiet" onClick={() => pause.mutate(input)}>
          {text.pause}
        </button>
      ) : (
        <button {...given} className="button button-primary" onClick={() => resume.mutate(input)}>
          {text.resume}
        </button>
      )}
      <button {...given} className="button button-bad" onClick={() => end.mutate(input)}>
        {text.end}
      </button>
      <Refusal error={pause.error ?? resume.error ?? end.error} />
    </div>
  );
}

function Usage({ voucherId }: { readonly voucherId: string }) {
  const usage = useQuery(
    queryOf("GET /v1/vouchers/{voucherId}/usage", { path: { voucherId }, query: {} }, useShop()),
  );
  return (
    <section className="panel">
      <h2 className="mb-3 text-lg font-bold">{text.usage}</h2>
      <Loaded query={usage} skeleton={<div className="skeleton h-24 w-full" />}>
        {({ redeemed, buyers, amount, quotaLeft, budgetLeft, days }) => (
          <>
            <dl className="facts max-w-sm">
              <dt>{text.redeemed}</dt>
              <dd>{count(redeemed)}</dd>
              <dt>{text.buyers}</dt>
              <dd>{count(buyers)}</dd>
              <dt>{text.amount}</dt>
              <dd>{money(amount)}</dd>
              {quotaLeft !== null && (
                <>
                  <dt>{text.left}</dt>
                  <dd>{count(quotaLeft)}</dd>
                </>
              )}
              {budgetLeft !== null && (
                <>
                  <dt>{text.budgetLeft}</dt>
                  <dd>{money(budgetLeft)}</dd>
                </>
              )}
            </dl>
            {days.length > 0 && <Days days={days} />}
          </>
        )}
      </Loaded>
    </section>
  );
}

type DaysProps = {
  readonly days: readonly {
    readonly day: string;
    readonly redeemed: number;
    readonly amount: Voucher["budget"];
  }[];
};

const Days = ({ days }: DaysProps) => (
  <TableFrame label={text.usage} className="mt-4">
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{text.day}</th>
          <th scope="col" className="number">
            {text.redeemed}
          </th>
          <th scope="col" className="number">
            {text.amount}
          </th>
        </tr>
      </thead>
      <tbody>
        {days.map((one) => (
          <tr key={one.day}>
            <td>{day(one.day)}</td>
            <td className="number">{count(one.redeemed)}</td>
            <td className="number">{one.amount && money(one.amount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </TableFrame>
);

function EditForm({ voucher }: { readonly voucher: Voucher }) {
  const [kind, setKind] = useState<Kind>(voucher.benefit.kind);
  const save = useCommand("PATCH /v1/vouchers/{voucherId}", { forget: READS });
  const send = (form: FormData) =>
    save.mutate({
      path: { voucherId: voucher.id },
      body: termsOf(kind, form, voucher),
      ifMatch: voucher.version,
    });
  return (
    <Form className="panel max-w-2xl" onSend={send} submit={text.save} command={save}>
      <div>
        <h2 className="text-lg font-bold">{text.change}</h2>
        <p className="text-muted text-sm">{text.hint}</p>
      </div>
      <VoucherFields kind={kind} onKind={setKind} was={voucher} error={save.error} />
    </Form>
  );
}
