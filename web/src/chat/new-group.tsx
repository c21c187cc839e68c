import { useNavigate } from "@tanstack/react-router";
import { useCommand } from "../api/command.ts";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, TextArea, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { MyNumber } from "./my-number.tsx";
import { numbersIn } from "./numbers.ts";

const text = texts({
  en: {
    title: "New group",
    name: "Name of the group",
    people: "Account numbers of the others",
    hint: "One below the other. Each of them finds the number in this dialog; it begins with usr_.",
    noNumber: "There is no account number among it.",
    create: "Create the group",
  },
  id: {
    title: "Grup baru",
    name: "Nama grup",
    people: "Nomor akun anggota lain",
    hint: "Satu per baris. Setiap orang menemukan nomornya di dialog ini; diawali usr_.",
    noNumber: "Tidak ada nomor akun di dalamnya.",
    create: "Buat grup",
  },
});

/** As the API takes it. */
const TITLE_CHARS_MAX = 80;

/** A group is named and begun with others, whom one knows by the numbers of their accounts. */
export function NewGroup({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const create = useCommand("POST /v1/chats", {
    forget: ["GET /v1/chats"],
    onDone: async ({ id }) => {
      onClose();
      await navigate({ to: "/chats/$conversationId", params: { conversationId: id }, search: {} });
    },
  });
  const begin = (form: FormData) =>
    create.mutate({ body: { title: fieldOf(form, "title"), userIds: numbersIn(fieldOf(form, "people")) } });
  return (
    <Dialog title={text.title} onClose={onClose}>
      <Form onSend={begin} submit={text.create} command={create}>
        <TextField
          label={text.name}
          name="title"
          maxLength={TITLE_CHARS_MAX}
          autoComplete="off"
          required
          error={fieldError(create.error, "body.title")}
        />
        <TextArea
          label={text.people}
          hint={text.hint}
          name="people"
          autoComplete="off"
          spellCheck={false}
          required
          error={fieldError(create.error, "body.userIds") && text.noNumber}
        />
      </Form>
      <MyNumber />
    </Dialog>
  );
}
