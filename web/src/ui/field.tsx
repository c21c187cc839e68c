import { type ComponentProps, type ReactNode, useId } from "react";
import { ApiError } from "../api/client.ts";

type FieldProps = {
  readonly label: string;
  /** What a person should know before he fills it in. */
  readonly hint?: string | undefined;
  /** What is wrong with it. */
  readonly error?: string | undefined;
  readonly children: (given: {
    readonly id: string;
    readonly "aria-describedby"?: string;
    readonly "aria-invalid"?: true;
  }) => ReactNode;
};

/** A control with its label, hint and refusal, bound together for whoever hears the page. */
function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const about = error ?? hint;
  return (
    <div>
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        ...(about && { "aria-describedby": `${id}-about` }),
        ...(error && { "aria-invalid": true as const }),
      })}
      {about && (
        <p id={`${id}-about`} className={error ? "field-error" : "field-hint"}>
          {about}
        </p>
      )}
    </div>
  );
}

type Shared = Pick<FieldProps, "label" | "hint" | "error">;

export const TextField = ({
  label,
  hint,
  error,
  className = "",
  ...input
}: Shared & ComponentProps<"input">) => (
  <Field label={label} hint={hint} error={error}>
    {(given) => <input className={`input ${className}`} {...input} {...given} />}
  </Field>
);

export const TextArea = ({ label, hint, error, ...input }: Shared & ComponentProps<"textarea">) => (
  <Field label={label} hint={hint} error={error}>
    {(given) => <textarea className="input input-tall" {...input} {...given} />}
  </Field>
);

export const SelectField = ({ label, hint, error, ...input }: Shared & ComponentProps<"select">) => (
  <Field label={label} hint={hint} error={error}>
    {(given) => <select className="input" {...input} {...given} />}
  </Field>
);

/** What the API says is wrong with a field, named as `body.address.phone`. */
export function fieldError(error: unknown, path: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  return error.fields.find((field) => field.path === path)?.message;
}
