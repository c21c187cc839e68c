import { useMutation, useQuery } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { call } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { askPasskey, hasPasskeys } from "./passkey.ts";
import { signInHref } from "./sign-in-href.ts";
import { renewed } from "./tokens.ts";

const text = texts({
  en: {
    title: "Confirm that it is you",
    why: "This changes your security or moves money, so we ask once more.",
    password: "Password",
    code: "Code from your authenticator app",
    confirm: "Confirm",
    passkey: "Use a passkey",
    again: "To go on, sign in again: you use neither a password nor a passkey.",
    signIn: "Sign in again",
  },
  id: {
    title: "Konfirmasi bahwa ini Anda",
    why: "Tindakan ini mengubah keamanan atau memindahkan uang, jadi kami bertanya sekali lagi.",
    password: "Kata sandi",
    code: "Kode dari aplikasi autentikator",
    confirm: "Konfirmasi",
    passkey: "Gunakan passkey",
    again: "Untuk melanjutkan, masuk lagi: Anda tidak memakai kata sandi maupun passkey.",
    signIn: "Masuk lagi",
  },
});

type Props = { readonly onDone: (isProved: boolean) => void };

/** Asks for what the account has: the second factor where there is one, else the password, or a passkey. */
export function StepUpDialog({ onDone }: Props) {
  const account = useQuery(queryOf("GET /v1/auth/account", {}));
  return (
    <Dialog title={text.title} onClose={() => onDone(false)}>
      <p className="text-muted mb-4 text-sm">{text.why}</p>
      <Loaded query={account} skeleton={<div className="skeleton h-32" aria-busy />}>
        {(of) => <Proofs account={of} onDone={onDone} />}
      </Loaded>
    </Dialog>
  );
}

function Proofs({ account, onDone }: Props & { readonly account: Schemas["Account"] }) {
  const proof = useMutation({
    mutationFn: async (body: Schemas["StepUp"]) => renewed(await call("POST /v1/auth/step-up", { body })),
    onSuccess: () => onDone(true),
  });
  const passkey = useMutation({
    mutationFn: async () => proof.mutateAsync({ method: "passkey", credential: await askPasskey() }),
  });
  const method = account.hasTotp ? "totp" : account.hasPassword ? "password" : undefined;
  const offersPasskey = account.passkeys > 0 && hasPasskeys();
  if (method === undefined && !offersPasskey) return <SignInAgain />;
  const submit = (given: string) =>
    proof.mutate(
      method === "totp" ? { method, code: given.trim() } : { method: "password", password: given },
    );
  return (
    <div className="flex flex-col gap-4">
      {method !== undefined && (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            submit(String(new FormData(event.currentTarget).get("proof") ?? ""));
          }}
        >
          {method === "totp" ? <Code /> : <Password />}
          <button type="submit" className="button button-primary" disabled={proof.isPending}>
            {text.confirm}
          </button>
        </form>
      )}
      {offersPasskey && (
        <button type="button" className="button button-quiet" onClick={() => passkey.mutate()}>
          <Fingerprint size={18} aria-hidden />
          {text.passkey}
        </button>
      )}
      <Refusal error={proof.error} />
    </div>
  );
}

const Password = () => (
  <TextField
    label={text.password}
    name="proof"
    type="password"
    autoComplete="current-password"
    autoFocus
    required
  />
);

const Code = () => (
  <TextField
    label={text.code}
    name="proof"
    inputMode="numeric"
    autoComplete="one-time-code"
    pattern="\s*\d{6}\s*"
    autoFocus
    required
  />
);

/** A sign-in of a moment ago is a proof too; it leads back to where one was. */
const SignInAgain = () => (
  <>
    <p className="mb-4">{text.again}</p>
    <a className="button button-primary" href={signInHref()}>
      {text.signIn}
    </a>
  </>
);
