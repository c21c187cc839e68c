import { type ReactNode, useState } from "react";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TextArea } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";

const text = texts({
  en: { reason: "Reason", really: "This is logged with your name." },
  id: { reason: "Alasan", really: "Ini dicatat atas nama Anda." },
});

type Props = {
  /** What the button says, and the dialog's title. */
  readonly label: string;
  readonly tone?: "primary" | "quiet" | "bad";
  /** Whether the API wants one; it goes to whom it concerns. */
  readonly reason?: "none" | "needed" | "welcome";
  readonly command: { readonly error: unknown; readonly isPending: boolean; readonly reset: () => void };
  /** Gives the command, and closes the dialog by what it is handed when it is done. */
  readonly onDecide: (reason: string, close: () => void, form: FormData) => void;
  /** Fields beside the reason. */
  readonly children?: ReactNode;
};

/** A decision that is logged: a button, and a dialog that says what it means and asks why. */
export function Decision({ label, tone = "quiet", reason = "needed", command, onDecide, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    command.reset();
  };
  return (
    <>
      <button type="button" className={`button button-${tone} button-small`} onClick={() => setOpen(true)}>
        {label}
      </button>
      {isOpen && (
        <Dialog title={label} onClose={close}>
          <Form
            submit={label}
            command={command}
            onSend={(form) => onDecide(fieldOf(form, "reason"), close, form)}
          >
            {children}
            {reason !== "none" && (
              <TextArea label={text.reason} name="reason" required={reason === "needed"} maxLength={500} />
            )}
            <p className="text-muted text-sm">{text.really}</p>
          </Form>
        </Dialog>
      )}
    </>
  );
}
