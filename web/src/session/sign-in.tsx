import { useMutation } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/client.ts";
import { texts } from "../shell/text.ts";
import { TextField } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Card } from "./card.tsx";
import { MailSignIn } from "./mail-sign-in.tsx";
import { OtherWays } from "./other-ways.tsx";
import { usePass } from "./pass.tsx";

const text = texts({
  en: {
    title: "Sign in",
    ended: "Your session has ended. Sign in to go on: what you typed is kept.",
    email: "E-mail",
    password: "Password",
    submit: "Sign in",
    forgot: "Forgot your password?",
    new: "New here?",
    signUp: "Create an account",
  },
  id: {
    title: "Masuk",
    ended: "Sesi Anda telah berakhir. Masuk untuk melanjutkan: isian Anda tersimpan.",
    email: "Email",
    password: "Kata sandi",
    submit: "Masuk",
    forgot: "Lupa kata sandi?",
    new: "Baru di sini?",
    signUp: "Buat akun",
  },
});

const route = getRouteApi("/sign-in");

/** Every way in: the password first, then what needs none. */
export function SignInPage() {
  const { next, ended } = route.useSearch();
  const { pass, step } = usePass({ next });
  const [email, setEmail] = useState("");
  const [isByMail, setByMail] = useState(false);
  const enter = useMutation({
    mutationFn: async (password: string) => {
      await pass(await call("POST /v1/auth/sign-in", { body: { email: email.trim(), password } }));
    },
  });
  if (step) return step;
  if (isByMail) return <MailSignIn email={email} pass={pass} onBack={() => setByMail(false)} />;
  return (
    <Card title={text.title}>
      {ended && (
        <p className="notice mb-4" role="status">
          {text.ended}
        </p>
      )}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          enter.mutate(String(new FormData(event.currentTarget).get("password") ?? ""));
        }}
      >
        <TextField
          label={text.email}
          type="email"
          name="email"
          autoComplete="username webauthn"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          label={text.password}
          type="password"
          name="password"
          autoComplete="current-password"
          required
        />
        <Refusal error={enter.error} />
        <button type="submit" className="button button-primary" disabled={enter.isPending}>
          {text.submit}
        </button>
        <Link className="text-brand self-start text-sm font-semibold" to="/forgot-password">
          {text.forgot}
        </Link>
      </form>
      <OtherWays next={next} pass={pass} onMail={() => setByMail(true)} />
      <p className="mt-6 text-sm">
        {text.new}{" "}
        <Link className="text-brand font-semibold" to="/sign-up" search={next === undefined ? {} : { next }}>
          {text.signUp}
        </Link>
      </p>
    </Card>
  );
}
