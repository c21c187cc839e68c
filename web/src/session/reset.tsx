import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import { texts } from "../shell/text.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Card } from "./card.tsx";
import { DeadLink } from "./dead-link.tsx";
import { useMailToken } from "./mail-token.ts";
import { NewPassword } from "./new-password.tsx";

const text = texts({
  en: {
    forgot: "Forgot your password?",
    forgotIntro: "Say which e-mail you sign in with, and we send you a link to choose another one.",
    email: "E-mail",
    send: "Send the link",
    sent: "If this address has an account, the link is on its way to it. It holds for a short time.",
    back: "Back to signing in",
    choose: "Choose a new password",
    chooseIntro: "You are signed out everywhere with it.",
    password: "New password",
    save: "Save the password",
    saved: "Your password is changed",
    savedIntro: "Sign in with it now.",
    signIn: "Sign in",
  },
  id: {
    forgot: "Lupa kata sandi?",
    forgotIntro: "Sebutkan email yang Anda pakai masuk, lalu kami kirimkan tautan untuk memilih yang baru.",
    email: "Email",
    send: "Kirim tautan",
    sent: "Jika alamat ini punya akun, tautannya sedang dikirim ke sana. Berlaku sebentar saja.",
    back: "Kembali ke halaman masuk",
    choose: "Pilih kata sandi baru",
    chooseIntro: "Anda akan keluar dari semua perangkat.",
    password: "Kata sandi baru",
    save: "Simpan kata sandi",
    saved: "Kata sandi Anda sudah diganti",
    savedIntro: "Sekarang masuk dengan kata sandi baru.",
    signIn: "Masuk",
  },
});

export function ForgotPasswordPage() {
  const ask = useMutation({
    mutationFn: (email: string) => call("POST /v1/auth/reset", { body: { email } }),
  });
  return (
    <Card title={text.forgot} intro={text.forgotIntro}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate(String(new FormData(event.currentTarget).get("email") ?? "").trim());
        }}
      >
        <TextField label={text.email} name="email" type="email" autoComplete="username" required />
        <Refusal error={ask.error} />
        {ask.isSuccess && (
          <p className="notice" role="status">
            {text.sent}
          </p>
        )}
        <button type="submit" className="button button-primary" disabled={ask.isPending}>
          {text.send}
        </button>
        <Link className="text-brand text-sm font-semibold" to="/sign-in">
          {text.back}
        </Link>
      </form>
    </Card>
  );
}

export function ResetPasswordPage() {
  const token = useMailToken();
  const save = useMutation({
    mutationFn: (password: string) =>
      call("POST /v1/auth/reset/confirm", { body: { token: token ?? "", password } }),
  });
  if (token === undefined) return <DeadLink />;
  if (save.isSuccess) {
    return (
      <Card title={text.saved} intro={text.savedIntro}>
        <Link className="button button-primary" to="/sign-in">
          {text.signIn}
        </Link>
      </Card>
    );
  }
  return (
    <Card title={text.choose} intro={text.chooseIntro}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(String(new FormData(event.currentTarget).get("password") ?? ""));
        }}
      >
        <NewPassword label={text.password} error={fieldError(save.error, "body.password")} />
        <Refusal error={save.error} />
        <button type="submit" className="button button-primary" disabled={save.isPending}>
          {text.save}
        </button>
      </form>
    </Card>
  );
}
