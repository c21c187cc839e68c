import { useMutation } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { SelectField, TextArea } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { actingFor, type Side } from "./side.ts";

const text = texts({
  en: {
    title: "Report this message",
    reason: "What is wrong with it?",
    spam: "It is advertising",
    fraud: "It is an attempt to cheat",
    abuse: "It is insulting or threatening",
    off_platform: "It leads away from Titan",
    other: "Something else",
    note: "What we should know (if you like)",
    send: "Report",
    done: "Thank you. Our team looks at it; the other side is not told who reported it.",
  },
  id: {
    title: "Laporkan pesan ini",
    reason: "Apa masalahnya?",
    spam: "Ini iklan",
    fraud: "Ini upaya penipuan",
    abuse: "Ini menghina atau mengancam",
    off_platform: "Ini mengajak keluar dari Titan",
    other: "Lainnya",
    note: "Yang perlu kami ketahui (jika ada)",
    send: "Laporkan",
    done: "Terima kasih. Tim kami memeriksanya; pihak lain tidak diberi tahu siapa pelapornya.",
  },
});

const REASONS = ["spam", "fraud", "abuse", "off_platform", "other"] as const;
type Reason = Schemas["ChatReport"]["reason"];

type Props = {
  readonly messageId: number;
  readonly where: { readonly conversationId: string; readonly side: Side };
  readonly onClose: () => void;
};

export function ReportDialog({ messageId, where: { conversationId, side }, onClose }: Props) {
  const report = useMutation({
    mutationFn: (form: FormData) => {
      const note = String(form.get("note") ?? "").trim();
      const reason = String(form.get("reason")) as Reason;
      return call(
        "POST /v1/chats/{conversationId}/reports",
        { path: { conversationId }, body: { messageId, reason, ...(note !== "" && { note }) } },
        actingFor(side),
      );
    },
  });
  return (
    <Dialog title={text.title} onClose={onClose}>
      {report.isSuccess ? (
        <p role="status">{text.done}</p>
      ) : (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            report.mutate(new FormData(event.currentTarget));
          }}
        >
          <SelectField label={text.reason} name="reason">
            {REASONS.map((reason) => (
              <option key={reason} value={reason}>
                {text[reason]}
              </option>
            ))}
          </SelectField>
          <TextArea label={text.note} name="note" maxLength={500} />
          <Refusal error={report.error} />
          <button type="submit" className="button button-primary" disabled={report.isPending}>
            {text.send}
          </button>
        </form>
      )}
    </Dialog>
  );
}
