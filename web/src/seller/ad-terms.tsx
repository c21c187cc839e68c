import { useState } from "react";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { fieldError, SelectField, TextField } from "../ui/field.tsx";
import { fieldOf } from "../ui/form.tsx";
import { instantOf, MomentField } from "../ui/moment-field.tsx";
import { MoneyField, moneyOf } from "../ui/money-field.tsx";
import type { Campaign } from "./ads.tsx";

const text = texts({
  en: {
    name: "Name",
    nameHint: "Only you see it.",
    daily: "Budget a day",
    total: "Budget in all",
    budgetHint: "At least one of the two; no cent more is spent.",
    starts: "From",
    startsHint: "Empty: at once.",
    ends: "Until",
    endsHint: "Empty: until you end it.",
    pacing: "How it is spent",
    even: "Evenly over the day",
    asap: "As fast as it comes",
    hours: "At certain hours of the day only",
    from: "From the hour",
    until: "To the hour",
  },
  id: {
    name: "Nama",
    nameHint: "Hanya Anda yang melihatnya.",
    daily: "Anggaran per hari",
    total: "Anggaran seluruhnya",
    budgetHint: "Isi salah satu; tidak akan terpakai lebih dari itu.",
    starts: "Mulai",
    startsHint: "Kosong: langsung.",
    ends: "Sampai",
    endsHint: "Kosong: sampai Anda mengakhirinya.",
    pacing: "Cara memakainya",
    even: "Merata sepanjang hari",
    asap: "Secepatnya",
    hours: "Hanya pada jam tertentu",
    from: "Dari jam",
    until: "Sampai jam",
  },
});

const HOUR_MINUTES = 60;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
type Body = Schemas["NewCampaign"];

/** The fields of a campaign, as the API takes them. */
export function termsOf(form: FormData): Body {
  const startsAt = instantOf(form.get("starts"));
  const hours = form.get("from") !== null;
  const minutes = (name: string) => Number(fieldOf(form, name)) * HOUR_MINUTES;
  return {
    name: fieldOf(form, "name"),
    dailyBudget: moneyOf(form.get("daily")) ?? null,
    totalBudget: moneyOf(form.get("total")) ?? null,
    ...(startsAt !== undefined && { startsAt }),
    endsAt: instantOf(form.get("ends")) ?? null,
    pacing: fieldOf(form, "pacing") === "asap" ? "asap" : "even",
    hours: hours ? [{ days: EVERY_DAY, from: minutes("from"), until: minutes("until") }] : [],
  };
}

type Props = { readonly was?: Campaign; readonly error: unknown };

export const AdTermsFields = ({ was, error }: Props) => (
  <>
    <TextField
      label={text.name}
      hint={text.nameHint}
      name="name"
      maxLength={80}
      defaultValue={was?.name}
      error={fieldError(error, "body.name")}
      required
    />
    <div className="grid gap-4 sm:grid-cols-2">
      <MoneyField
        label={text.daily}
        hint={text.budgetHint}
        name="daily"
        was={was?.dailyBudget}
        error={fieldError(error, "body.dailyBudget")}
      />
      <MoneyField
        label={text.total}
        name="total"
        was={was?.totalBudget}
        error={fieldError(error, "body.totalBudget")}
      />
      <MomentField
        label={text.starts}
        hint={text.startsHint}
        name="starts"
        was={was?.startsAt}
        error={fieldError(error, "body.startsAt")}
      />
      <MomentField
        label={text.ends}
        hint={text.endsHint}
        name="ends"
        was={was?.endsAt}
        error={fieldError(error, "body.endsAt")}
      />
    </div>
    <SelectField label={text.pacing} name="pacing" defaultValue={was?.pacing ?? "even"}>
      <option value="even">{text.even}</option>
      <option value="asap">{text.asap}</option>
    </SelectField>
    <Hours was={was?.hours[0]} error={error} />
  </>
);

type HoursProps = { readonly was: Campaign["hours"][number] | undefined; readonly error: unknown };

function Hours({ was, error }: HoursProps) {
  const [isSome, setSome] = useState(was !== undefined);
  const hourOf = (minutes: number | undefined, usual: number) =>
    minutes === undefined ? usual : minutes / HOUR_MINUTES;
  return (
    <div className="flex flex-col gap-3">
      <label className="flex items-center gap-2 text-sm font-semibold">
        <input type="checkbox" checked={isSome} onChange={({ target }) => setSome(target.checked)} />
        {text.hours}
      </label>
      {isSome && (
        <div className="grid max-w-xs grid-cols-2 gap-3">
          {(["from", "until"] as const).map((name) => (
            <TextField
              key={name}
              label={text[name]}
              name={name}
              type="number"
              min={0}
              max={24}
              defaultValue={hourOf(was?.[name], name === "from" ? 8 : 22)}
              error={fieldError(error, `body.hours.0.${name}`)}
              required
            />
          ))}
        </div>
      )}
    </div>
  );
}
