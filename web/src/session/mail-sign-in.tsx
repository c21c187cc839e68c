import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client.ts";
import { texts } from "../shell/text.ts";
import { TextField } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Card } from "./card.tsx";
import { CodeField } from "./pass.tsx";
import type { Passed } from "./session.ts";

const text = texts({
  en: {
    title: "Sign in by e-mail",
    intro: "We send you a code of six digits, or a link that signs you in.",
    email: "E-mail",
    sendCode: "Send me a code",
    sendLink: "Send me a link",
    code: "Code from the mail",
    codeSent: (email: string) => `If ${email} has an account, a code is on its way to it.`,
    linkSent: (email: string) => `If ${email} has an account, a link is on its way. Open it on this device.`,
    submit: "Sign in",
    back: "Use my password",
  },
  id: {
    title: "Masuk lewat email",
    intro: "Kami kirimkan kode enam angka, atau tautan untuk masuk.",
    email: "Email",
    sendCode: "Kirimi saya kode",
    sendLink: "Kirimi saya tautan",
    code: "Kode dari email",
    codeSent: (email: string) => `Jika ${email} punya akun, kodenya sedang dikirim ke sana.`,
    linkSent: (email: string) => `Jika ${email} punya akun, tautannya sedang dikirim. Buka di perangkat ini.`,
    submit: "Masuk",
    back: "Pakai kata sandi",
  },
});

type Pass = (passed: Passed) => Promise<void>;
type Props = { readonly email: string; readonly pass: Pass; readonly onBack: () => void };

/** A code or a link; the answer is the same for every address. */
export function MailSignIn({ email: known, pass, onBack }: Props) {
  const [email, setEmail] = useState(known);
  const body = { email: email.trim() };
  const code = useMutation({ mutationFn: () => call("POST /v1/auth/otp", { body }) });
  const link = useMutation({ mutationFn: () => call("POST /v1/auth/magic-link", { body }) });
  const isPending = code.isPending || link.isPending;
  return (
    <Card title={text.title} intro={text.intro}>
      {code.data ? (
        <EnterCode token={code.data.token} sent={text.codeSent(body.email)} pass={pass} />
      ) : (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            const { submitter } = event.nativeEvent as SubmitEvent;
            if (submitter?.id === "send-link") link.mutate();
            else code.mutate();
          }}
        >
          <TextField
            label={text.email}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <Refusal error={code.error ?? link.error} />
          {link.isSuccess && (
            <p className="notice" role="status">
              {text.linkSent(body.email)}
            </p>
          )}
          <button type="submit" className="button button-primary" disabled={isPending}>
            {text.sendCode}
          </button>
          <button type="submit" id="send-link" className="button button-quiet" disabled={isPending}>
            {text.sendLink}
          </button>
        </form>
      )}
      <button type="button" className="text-brand mt-5 text-sm font-semibold" onClick={onBack}>
        {text.back}
      </button>
    </Card>
  );
}

type EnterProps = { readonly token: string; readonly sent: string; readonly pass: Pass };

function EnterCode({ token, sent, pass }: EnterProps) {
  const confirm = useMutation({
    mutationFn: async (code: string) =>
      pass(await call("POST /v1/auth/otp/confirm", { body: { token, code } })),
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate(String(new FormData(event.currentTarget).get("proof")).trim());
      }}
    >
      <p className="notice" role="status">
        {sent}
      </p>
      <CodeField label={text.code} />
      <Refusal error={confirm.error} />
      <button type="submit" className="button button-primary" disabled={confirm.isPending}>
        {text.submit}
      </button>
    </form>
  );
}
