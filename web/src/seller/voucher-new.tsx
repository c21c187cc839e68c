import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { texts } from "../shell/text.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { useCommand } from "./command.ts";
import { type Kind, termsOf } from "./voucher-draft.ts";
import { VoucherFields } from "./voucher-fields.tsx";

const text = texts({
  en: {
    back: "Vouchers",
    title: "New voucher",
    code: "Code",
    codeHint: "Capital letters and digits. Leave it out and we make one.",
    make: "Make the voucher",
  },
  id: {
    back: "Voucher",
    title: "Voucher baru",
    code: "Kode",
    codeHint: "Huruf besar dan angka. Kosongkan agar kami buatkan.",
    make: "Buat voucher",
  },
});

export function NewVoucherPage() {
  const navigate = useNavigate();
  const [kind, setKind] = useState<Kind>("percent");
  const make = useCommand("POST /v1/vouchers", {
    forget: ["GET /v1/vouchers"],
    onDone: ({ id }) => navigate({ to: "/shop/vouchers/$voucherId", params: { voucherId: id } }),
  });
  const send = (form: FormData) => {
    const code = fieldOf(form, "code").toUpperCase();
    make.mutate({ body: { fundedBy: "seller", ...termsOf(kind, form), ...(code !== "" && { code }) } });
  };
  return (
    <>
      <nav className="crumbs">
        <Link to="/shop/vouchers">{text.back}</Link>
      </nav>
      <h1 className="page-title">{text.title}</h1>
      <Form className="panel max-w-2xl" onSend={send} submit={text.make} command={make}>
        <VoucherFields kind={kind} onKind={setKind} error={make.error} />
        <TextField
          label={text.code}
          hint={text.codeHint}
          name="code"
          autoCapitalize="characters"
          error={fieldError(make.error, "body.code")}
        />
      </Form>
    </>
  );
}
