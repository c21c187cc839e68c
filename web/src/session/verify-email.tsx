import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import { texts } from "../shell/text.ts";
import { TextField } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Card } from "./card.tsx";
import { DeadLink } from "./dead-link.tsx";
import { useMailToken } from "./mail-token.ts";
import { usePass } from "./pass.tsx";
import { useIsSignedIn } from "./session.ts";

const text = texts({
  en: {
    title: "Confirm your e-mail",
    intro: "Enter the password that you chose, so that we know it was you who signed up.",
    introSignedIn: "One press, and the address is yours.",
    password: "Password",
    submit: "Confirm",
    other: "I did not choose a password: give me the account without one",
    done: "Your e-mail is confirmed",
    doneText: "Thank you. You can go on.",
    home: "Look around",
  },
  id: {
    title: "Konfirmasi email Anda",
    intro: "Masukkan kata sandi yang Anda pilih, agar kami tahu Andalah yang mendaftar.",
    introSignedIn: "Sekali tekan, dan alamat ini milik Anda.",
    password: "Kata sandi",
    submit: "Konfirmasi",
    other: "Saya tidak memilih kata sandi: berikan akunnya tanpa kata sandi",
    done: "Email Anda terkonfirmasi",
    doneText: "Terima kasih. Silakan lanjutkan.",
    home: "Lihat-lihat",
  },
});

/** Whoever signed up shows it by the password; whoever only reads the mail gets the account empty. */
export function VerifyEmailPage() {
  const token = useMailToken();
  const isSignedIn = useIsSignedIn();
  const { pass, step } = usePass({});
  const verify = useMutation({
    mutationFn: async (password: string | undefined) => {
      const body = { token: token ?? "", ...(password !== undefined && { password }) };
      const verified = await call("POST /v1/auth/verify", { body });
      if (verified.status !== "verified") await pass(verified);
    },
  });
  if (step) return step;
  if (token === undefined) return <DeadLink />;
  if (verify.isSuccess) {
    return (
      <Card title={text.done} intro={text.doneText}>
        <Link className="button button-primary" to="/">
          {text.home}
        </Link>
      </Card>
    );
  }
  return (
    <Card title={text.title} intro={isSignedIn ? text.introSignedIn : text.intro}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget).get("password");
          verify.mutate(isSignedIn ? undefined : String(given ?? ""));
        }}
      >
        {!isSignedIn && (
          <TextField
            label={text.password}
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
        )}
        <Refusal error={verify.error} />
        <button type="submit" className="button button-primary" disabled={verify.isPending}>
          {text.submit}
        </button>
        {!isSignedIn && (
          <button
            type="button"
            className="text-brand text-sm font-semibold"
            disabled={verify.isPending}
            onClick={() => verify.mutate(undefined)}
          >
            {text.other}
          </button>
        )}
      </form>
    </Card>
  );
}
