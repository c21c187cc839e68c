import { said, texts } from "../shell/text.ts";
import { fieldError, SelectField, TextField } from "../ui/field.tsx";
import { MomentField } from "../ui/moment-field.tsx";
import { MoneyField } from "../ui/money-field.tsx";
import { KINDS, type Kind, kindName, type Voucher } from "./voucher-draft.ts";

const text = texts({
  en: {
    title: "What buyers see",
    kind: "What it gives",
    percent: "Percent",
    amount: "Amount",
    cap: "At most",
    capHint: "Leave it out for no limit.",
    buy: "Units to buy",
    get: "Units for free",
    days: "Days until the cashback lapses",
    minSpend: "From a purchase of",
    starts: "Begins",
    ends: "Ends",
    quota: "Uses in all",
    perBuyer: "Uses a buyer",
    budget: "Budget",
    none: "Leave it out for no limit.",
    isListed: "Show it to everybody, to be collected",
    isAutomatic: "Take it off by itself, without a code",
    firstOrder: "Only for a first order",
  },
  id: {
    title: "Yang dilihat pembeli",
    kind: "Keuntungannya",
    percent: "Persen",
    amount: "Nominal",
    cap: "Maksimal",
    capHint: "Kosongkan bila tanpa batas.",
    buy: "Jumlah yang dibeli",
    get: "Jumlah gratis",
    days: "Hari sampai cashback hangus",
    minSpend: "Minimal belanja",
    starts: "Mulai",
    ends: "Berakhir",
    quota: "Total pemakaian",
    perBuyer: "Pemakaian per pembeli",
    budget: "Anggaran",
    none: "Kosongkan bila tanpa batas.",
    isListed: "Tampilkan ke semua orang untuk diklaim",
    isAutomatic: "Langsung terpotong tanpa kode",
    firstOrder: "Hanya untuk pesanan pertama",
  },
});

type Props = {
  readonly kind: Kind;
  readonly onKind: (kind: Kind) => void;
  readonly was?: Voucher;
  readonly error: unknown;
};

/** All that a shop says of a voucher, but for its code. */
export function VoucherFields({ kind, onKind, was, error }: Props) {
  const bad = (field: string) => fieldError(error, `body.${field}`);
  return (
    <>
      <TextField
        label={text.title}
        name="title"
        defaultValue={said(was?.titles)}
        error={bad("titles.en")}
        maxLength={100}
        required
      />
      <SelectField
        label={text.kind}
        value={kind}
        onChange={({ target }) => onKind(KINDS.find((one) => one === target.value) ?? "percent")}
      >
        {KINDS.map((one) => (
          <option key={one} value={one}>
            {kindName[one]}
          </option>
        ))}
      </SelectField>
      <BenefitFields key={kind} kind={kind} was={was?.benefit} bad={bad} />
      <div className="grid gap-4 sm:grid-cols-2">
        <MomentField
          label={text.starts}
          name="startsAt"
          was={was?.startsAt}
          error={bad("startsAt")}
          required
        />
        <MomentField label={text.ends} name="endsAt" was={was?.endsAt} error={bad("endsAt")} required />
      </div>
      <LimitFields {...(was && { was })} bad={bad} />
      <Switches {...(was && { was })} />
    </>
  );
}

type Bad = { readonly bad: (field: string) => string | undefined };
type BenefitProps = Bad & { readonly kind: Kind; readonly was: Voucher["benefit"] | undefined };

function BenefitFields({ kind, was, bad }: BenefitProps) {
  const same = was?.kind === kind ? was : undefined;
  const rate = same && "basisPoints" in same ? same.basisPoints / 100 : "";
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {(kind === "percent" || kind === "cashback") && (
        <TextField
          label={text.percent}
          name="percent"
          inputMode="decimal"
          defaultValue={rate}
          error={bad("benefit.basisPoints")}
          required
        />
      )}
      {kind === "fixed" && (
        <MoneyField
          label={text.amount}
          name="amount"
          was={same?.kind === "fixed" ? same.amount : null}
          error={bad("benefit.amount")}
          required
        />
      )}
      {kind === "bxgy" &&
        (["buy", "get"] as const).map((name) => (
          <TextField
            key={name}
            label={text[name]}
            name={name}
            type="number"
            min={1}
            defaultValue={same?.kind === "bxgy" ? same[`${name}Quantity`] : 1}
            error={bad(`benefit.${name}Quantity`)}
            required
          />
        ))}
      {kind === "cashback" && (
        <TextField
          label={text.days}
          name="days"
          type="number"
          min={1}
          defaultValue={same?.kind === "cashback" ? same.validForDays : 30}
          error={bad("benefit.validForDays")}
          required
        />
      )}
      {kind !== "fixed" && (
        <MoneyField
          label={text.cap}
          hint={text.capHint}
          name="cap"
          was={same && "cap" in same ? same.cap : null}
          error={bad("benefit.cap")}
        />
      )}
    </div>
  );
}

const LimitFields = ({ was, bad }: Bad & { readonly was?: Voucher }) => (
  <div className="grid gap-4 sm:grid-cols-2">
    <MoneyField
      label={text.minSpend}
      name="minSpend"
      was={was?.conditions.minSpend}
      error={bad("conditions.minSpend")}
    />
    <MoneyField label={text.budget} hint={text.none} name="budget" was={was?.budget} error={bad("budget")} />
    {(["quota", "perBuyer"] as const).map((name) => (
      <TextField
        key={name}
        label={text[name]}
        hint={text.none}
        name={name}
        type="number"
        min={1}
        defaultValue={was ? (was[name] ?? "") : name === "perBuyer" ? 1 : ""}
        error={bad(name)}
      />
    ))}
  </div>
);

const Switches = ({ was }: { readonly was?: Voucher }) => (
  <div className="flex flex-col gap-2">
    {(["isListed", "isAutomatic", "firstOrder"] as const).map((name) => (
      <label key={name} className="flex items-center gap-2.5 text-sm font-semibold">
        <input
          type="checkbox"
          name={name}
          defaultChecked={was ? was[name] : name === "isListed"}
          className="accent-brand size-4"
        />
        {text[name]}
      </label>
    ))}
  </div>
);
