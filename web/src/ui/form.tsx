import type { ReactNode } from "react";
import { Refusal } from "./refusal.tsx";

type Props = {
  readonly onSend: (form: FormData) => unknown;
  /** What its button says. */
  readonly submit: string;
  /** Of the command that it gives. */
  readonly command: { readonly error: unknown; readonly isPending: boolean };
  readonly className?: string;
  /** Beside the button: the way back, or that it was saved. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
};

/** A form that gives one command: its fields, why it was refused, and its button. */
export const Form = ({ onSend, submit, command, className = "", beside, children }: Props) => (
  <form
    className={`form ${className}`}
    onSubmit={(event) => {
      event.preventDefault();
      onSend(new FormData(event.currentTarget));
    }}
  >
    {children}
    <Refusal error={command.error} />
    <div className="flex flex-wrap items-center gap-3">
      <button type="submit" className="button button-primary" disabled={command.isPending}>
        {submit}
      </button>
      {beside}
    </div>
  </form>
);

/** A field's words without what stands around them. */
export const fieldOf = (form: FormData, name: string): string => String(form.get(name) ?? "").trim();
