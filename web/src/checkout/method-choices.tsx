import type { ReactNode } from "react";
import { BANKS, type Method, methodAbout, methodName, STORES } from "./method.ts";

type Props<M extends Method> = {
  readonly legend: ReactNode;
  readonly isLegendHidden?: boolean;
  readonly methods: readonly M[];
  readonly chosen: M | undefined;
  readonly onChoose: (method: M) => void;
};

/** The ways to pay, each with what it means. */
export function MethodChoices<M extends Method>(props: Props<M>) {
  const { legend, isLegendHidden = false, methods, chosen, onChoose } = props;
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
            required
          />
          <span>
            {methodName(one)}
            <span className="text-muted block text-sm">{methodAbout(one)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** The banks that a virtual account may be of. */
export const BankOptions = () => <Options of={BANKS} />;
/** The chains at whose tills one may pay. */
export const StoreOptions = () => <Options of={STORES} />;

const Options = ({ of }: { readonly of: Readonly<Record<string, string>> }) =>
  Object.entries(of).map(([code, label]) => (
    <option key={code} value={code}>
      {label}
    </option>
  ));
