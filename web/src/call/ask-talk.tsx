import { useCommand } from "../api/command.ts";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Form } from "../ui/form.tsx";
import { instantOf, MomentField } from "../ui/moment-field.tsx";

const text = texts({
  en: {
    title: "Ask for a talk by video",
    when: "When",
    hint: "The shop agrees or not; then either of you can call at that time.",
    send: "Ask",
    done: "The shop was asked. You find it among your video talks.",
  },
  id: {
    title: "Minta bicara lewat video",
    when: "Kapan",
    hint: "Toko menyetujui atau tidak; lalu salah satu dapat menelepon pada waktu itu.",
    send: "Minta",
    done: "Permintaan terkirim. Anda menemukannya di daftar bicara video.",
  },
});

type Props = { readonly sellerId: string; readonly onClose: () => void };

export function AskTalk({ sellerId, onClose }: Props) {
  const ask = useCommand("POST /v1/calls/consultations", { forget: ["GET /v1/calls/consultations"] });
  return (
    <Dialog title={text.title} onClose={onClose}>
      {ask.isSuccess ? (
        <p role="status">{text.done}</p>
      ) : (
        <Form
          submit={text.send}
          command={ask}
          onSend={(form) => {
            const startsAt = instantOf(form.get("startsAt"));
            if (startsAt !== undefined) ask.mutate({ body: { sellerId, startsAt } });
          }}
        >
          <MomentField label={text.when} hint={text.hint} name="startsAt" required />
        </Form>
      )}
    </Dialog>
  );
}
