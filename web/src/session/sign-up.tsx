import { useMutation } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/client.ts";
import { locale } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Card } from "./card.tsx";
import { NewPassword } from "./new-password.tsx";
import { Providers, useProviders } from "./providers.tsx";

const text = texts({
  en: {
    title: "Create an account",
    intro: "For your orders, addresses and wallet on every device.",
    name: "Your name",
    email: "E-mail",
    password: "Password",
    submit: "Create the account",
    or: "or",
    have: "Have an account already?",
    signIn: "Sign in",
    look: "Look into your mail",
    sent: (email: string) =>
      `We have written to ${email}. Open the link in the mail to confirm the address; it holds for a day.`,
    else: "Nothing there? Look into the spam folder, or use another address.",
    again: "Use another address",
  },
  id: {
    title: "Buat akun",
    intro: "Untuk pesanan, alamat, dan dompet Anda di semua perangkat.",
    name: "Nama Anda",
    email: "Email",
    password: "Kata sandi",
    submit: "Buat akun",
    or: "atau",
    have: "Sudah punya akun?",
    signIn: "Masuk",
    look: "Periksa email Anda",
    sent: (email: string) =>
      `Kami sudah menulis ke ${email}. Buka tautan di email itu untuk konfirmasi; berlaku satu hari.`,
    else: "Tidak ada? Periksa folder spam, atau pakai alamat lain.",
    again: "Pakai alamat lain",
  },
});

const route = getRouteApi("/sign-up");

/** The answer is the same whether or not the address has an account: only its mailbox learns which. */
export function SignUpPage() {
  const search = route.useSearch();
  const [sentTo, setSentTo] = useState<string>();
  const hasProviders = useProviders().length > 0;
  if (sentTo !== undefined) {
    return (
      <Card title={text.look} intro={text.sent(sentTo)}>
        <p className="text-muted mb-4 text-sm">{text.else}</p>
        <button type="button" className="button button-quiet" onClick={() => setSentTo(undefined)}>
          {text.again}
        </button>
      </Card>
    );
  }
  return (
    <Card title={text.title} intro={text.intro}>
      <SignUpForm onSent={setSentTo} />
      {hasProviders && (
        <div className="mt-5 flex flex-col gap-3">
          <p className="divider">{text.or}</p>
          <Providers next={search.next} />
        </div>
      )}
      <p className="mt-6 text-sm">
        {text.have}{" "}
        <Link className="text-brand font-semibold" to="/sign-in" search={search}>
          {text.signIn}
        </Link>
      </p>
    </Card>
  );
}

function SignUpForm({ onSent }: { readonly onSent: (email: string) => void }) {
  const signUp = useMutation({
    mutationFn: (form: FormData) => {
      const field = (name: string) => String(form.get(name) ?? "").trim();
      const password = String(form.get("password") ?? "");
      const body = { name: field("name"), email: field("email"), password, locale };
      return call("POST /v1/auth/sign-up", { body }).then(() => onSent(body.email));
    },
  });
  const { error } = signUp;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        signUp.mutate(new FormData(event.currentTarget));
      }}
    >
      <TextField label={text.name} name="name" autoComplete="name" maxLength={100} required />
      <TextField
        label={text.email}
        name="email"
        type="email"
        autoComplete="email"
        error={fieldError(error, "body.email")}
        required
      />
      <NewPassword label={text.password} error={fieldError(error, "body.password")} />
      <Refusal error={error} />
      <button type="submit" className="button button-primary" disabled={signUp.isPending}>
        {text.submit}
      </button>
    </form>
  );
}
