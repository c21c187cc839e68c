import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { ApiError, call } from "../api/client.ts";
import { texts } from "../shell/text.ts";
import { enter, type Passed } from "./session.ts";

const text = texts({
  en: {
    title: "Sign in",
    email: "E-mail",
    password: "Password",
    submit: "Sign in",
    code: "Code of your authenticator app",
    confirm: "Confirm",
    wrong: "This did not work. Check it and try again.",
  },
  id: {
    title: "Masuk",
    email: "Email",
    password: "Kata sandi",
    submit: "Masuk",
    code: "Kode dari aplikasi autentikator",
    confirm: "Konfirmasi",
    wrong: "Belum berhasil. Periksa lalu coba lagi.",
  },
});

/** Password first, then the second factor where the account has one. */
export function SignInPage() {
  const navigate = useNavigate();
  const [mfaToken, setMfaToken] = useState<string>();
  const pass = async (passed: Passed) => {
    if (passed.status !== "signed_in") return setMfaToken(passed.mfaToken);
    await enter(passed);
    await navigate({ to: "/" });
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
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          step.mutate(new FormData(event.currentTarget));
        }}
      >
        {mfaToken === undefined ? <PasswordFields /> : <CodeField />}
        {step.error && (
          <p className="field-error" role="alert">
            {(step.error instanceof ApiError && step.error.title) || text.wrong}
          </p>
        )}
        <button type="submit" className="button button-primary" disabled={step.isPending}>
          {mfaToken === undefined ? text.submit : text.confirm}
        </button>
      </form>
    </section>
  );
}

const PasswordFields = () => (
  <>
    <Field label={text.email}>
      {(id) => <input id={id} className="input" type="email" name="email" autoComplete="username" required />}
    </Field>
    <Field label={text.password}>
      {(id) => (
        <input
          id={id}
          className="input"
          type="password"
          name="password"
          autoComplete="current-password"
          required
        />
      )}
    </Field>
  </>
);

const CodeField = () => (
  <Field label={text.code}>
    {(id) => (
      <input
        id={id}
        className="input"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="\s*\d{6}\s*"
        required
      />
    )}
  </Field>
);

type FieldProps = { readonly label: string; readonly children: (id: string) => ReactNode };

function Field({ label, children }: FieldProps) {
  const id = useId();
  return (
    <div>
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children(id)}
    </div>
  );
}
