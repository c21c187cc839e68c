import type { ReactNode } from "react";
import { texts } from "../shell/text.ts";
import { SelectField } from "../ui/field.tsx";
import {
  BANKS,
  type Limits,
  type Method,
  methodAbout,
  methodName,
  outside,
  STORES,
  type Where,
} from "./method.ts";

const text = texts({
  en: { bank: "Your bank", store: "Shop to pay at" },
  id: { bank: "Bank Anda", store: "Gerai tempat membayar" },
});

type Props<M extends Method> = {
  readonly legend: ReactNode;
  readonly isLegendHidden?: boolean;
  readonly methods: readonly M[];
  readonly chosen: M | undefined;
  /** What is to be paid and what each takes, where both are known. */
  readonly of?: { readonly minor: bigint; readonly limits: Limits };
  readonly onChoose: (method: M) => void;
};

/** The ways to pay, each with what it means. */
export function MethodChoices<M extends Method>(props: Props<M>) {
  const { legend, isLegendHidden = false, methods, chosen, of, onChoose } = props;
  const limitOf = (method: M) => of && outside(of.limits, method, of.minor);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className={isLegendHidden ? "sr-only" : "field-label"}>{legend}</legend>
      {methods.map((one) => (
        <label key={one} className="choice">
          <input
            type="radio"
            name="method"
            checked={one === chosen}
            onChange={() => onChoose(one)}
            disabled={limitOf(one) !== undefined}
            required
          />
          <span>
            {methodName(one)}
            <span className="text-muted block text-sm">{limitOf(one) ?? methodAbout(one)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

type WhereProps = {
  readonly method: Method | null | undefined;
  readonly where: Where;
  readonly onChange: (change: Where) => void;
};

/** Whose virtual account, or whose tills, where the method asks for one. */
export function WhereField({ method, where: { bank = "bca", store = "indomaret" }, onChange }: WhereProps) {
  if (method === "virtual_account") {
    return <OneOf label={text.bank} of={BANKS} value={bank} onChoose={(one) => onChange({ bank: one })} />;
  }
  if (method === "convenience_store") {
    return (
      <OneOf label={text.store} of={STORES} value={store} onChoose={(one) => onChange({ store: one })} />
    );
  }
  return null;
}

type OneOfProps<C extends string> = {
  readonly label: string;
  readonly of: Readonly<Record<C, string>>;
  readonly value: C;
  readonly onChoose: (code: C) => void;
};

function OneOf<C extends string>({ label, of, value, onChoose }: OneOfProps<C>) {
  const codes = Object.keys(of) as C[];
  return (
    <SelectField
      label={label}
      value={value}
      onChange={({ target }) => onChoose(codes.find((code) => code === target.value) ?? value)}
    >
      {codes.map((code) => (
        <option key={code} value={code}>
          {of[code]}
        </option>
      ))}
    </SelectField>
  );
}
