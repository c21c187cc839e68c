import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/client.ts";
import { hrefOf } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import { TextField } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { enter, type Passed } from "./session.ts";

const text = texts({
  en: {
    title: "Sign in",
    email: "E-mail",
    password: "Password",
    submit: "Sign in",
    code: "Code of your authenticator app",
    confirm: "Confirm",
  },
  id: {
    title: "Masuk",
    email: "Email",
    password: "Kata sandi",
    submit: "Masuk",
    code: "Kode dari aplikasi autentikator",
    confirm: "Konfirmasi",
  },
});

const route = getRouteApi("/sign-in");

/** Password first, then the second factor where the account has one. */
export function SignInPage() {
  const navigate = useNavigate();
  const { next = "/" } = route.useSearch();
  const [mfaToken, setMfaToken] = useState<string>();
  const pass = async (passed: Passed) => {
    if (passed.status !== "signed_in") return setMfaToken(passed.mfaToken);
    await enter(passed);
    await navigate({ href: hrefOf(next), replace: true });
  };
  const step = useMutation({
    mutationFn: async (form: FormData) => {
      const field = (name: string) => String(form.get(name) ?? "");
      if (mfaToken === undefined) {
        const body = { email: field("email"), password: field("password") };
        return pass(await call("POST /v1/auth/sign-in", { body }));
      }
      return pass(await call("POST /v1/auth/mfa", { body: { mfaToken, code: field("code").trim() } }));
    },
  });
  return (
    <section className="panel mx-auto mt-6 max-w-sm">
      <h1 className="mb-5 text-2xl font-extrabold tracking-tight">{text.title}</h1>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          step.mutate(new FormData(event.currentTarget));
        }}
      >
        {mfaToken === undefined ? <PasswordFields /> : <CodeField />}
        <Refusal error={step.error} />
        <button type="submit" className="button button-primary" disabled={step.isPending}>
          {mfaToken === undefined ? text.submit : text.confirm}
        </button>
      </form>
    </section>
  );
}

const PasswordFields = () => (
  <>
    <TextField label={text.email} type="email" name="email" autoComplete="username" required />
    <TextField
      label={text.password}
      type="password"
      name="password"
      autoComplete="current-password"
      required
    />
  </>
);

const CodeField = () => (
  <TextField
    label={text.code}
    name="code"
    inputMode="numeric"
    autoComplete="one-time-code"
    pattern="\s*\d{6}\s*"
    required
  />
);
