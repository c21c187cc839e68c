import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { call } from "../api/client.ts";
import { hrefOf } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import { TextField } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Card } from "./card.tsx";
import { enter, isEntering, type Passed } from "./session.ts";
import { identity } from "./tokens.ts";

const text = texts({
  en: {
    title: "One more step",
    intro: "This account asks for a second factor.",
    code: "Code from your authenticator app",
    recovery: "Recovery code",
    useRecovery: "Use a recovery code instead",
    useCode: "Use the app's code instead",
    confirm: "Confirm",
  },
  id: {
    title: "Satu langkah lagi",
    intro: "Akun ini meminta faktor kedua.",
    code: "Kode dari aplikasi autentikator",
    recovery: "Kode pemulihan",
    useRecovery: "Pakai kode pemulihan saja",
    useCode: "Pakai kode aplikasi saja",
    confirm: "Konfirmasi",
  },
});

type Given = { readonly next?: string | undefined };
type Pass = (passed: Passed) => Promise<void>;

/**
 * What every way of signing in goes on with: the second factor where there is one, and then to where one was
 * going. `step` stands in place of the page while the factor is asked for.
 */
export function usePass({ next = "/" }: Given): { readonly pass: Pass; readonly step: ReactNode } {
  const navigate = useNavigate();
  const [mfaToken, setMfaToken] = useState<string>();
  const pass: Pass = async (passed) => {
    if (passed.status !== "signed_in") return setMfaToken(passed.mfaToken);
    await enter(passed);
    await navigate({ href: hrefOf(next), replace: true });
  };
  // Signed in meanwhile in another tab: here, too.
  useEffect(
    () =>
      identity.subscribe(({ kind }) => {
        const isElsewhere = kind === "visitor" && identity.get().kind === "user" && !isEntering();
        if (isElsewhere) void navigate({ href: hrefOf(next), replace: true });
      }),
    [navigate, next],
  );
  const step = mfaToken === undefined ? null : <SecondFactor mfaToken={mfaToken} pass={pass} />;
  return { pass, step };
}

function SecondFactor({ mfaToken, pass }: { readonly mfaToken: string; readonly pass: Pass }) {
  const [usesRecovery, setUsesRecovery] = useState(false);
  const confirm = useMutation({
    mutationFn: async (given: string) => {
      const proof = usesRecovery ? { recoveryCode: given } : { code: given };
      await pass(await call("POST /v1/auth/mfa", { body: { mfaToken, ...proof } }));
    },
  });
  return (
    <Card title={text.title} intro={text.intro}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate(String(new FormData(event.currentTarget).get("proof")).trim());
        }}
      >
        {usesRecovery ? (
          <TextField
            key="recovery"
            label={text.recovery}
            name="proof"
            autoComplete="off"
            autoFocus
            required
          />
        ) : (
          <CodeField label={text.code} />
        )}
        <Refusal error={confirm.error} />
        <button type="submit" className="button button-primary" disabled={confirm.isPending}>
          {text.confirm}
        </button>
        <button
          type="button"
          className="text-brand text-sm font-semibold"
          onClick={() => setUsesRecovery(!usesRecovery)}
        >
          {usesRecovery ? text.useCode : text.useRecovery}
        </button>
      </form>
    </Card>
  );
}

/** Six digits, as apps and mails have them. */
export const CodeField = ({ label }: { readonly label: string }) => (
  <TextField
    key="code"
    label={label}
    name="proof"
    inputMode="numeric"
    autoComplete="one-time-code"
    pattern="\s*\d{6}\s*"
    autoFocus
    required
  />
);
