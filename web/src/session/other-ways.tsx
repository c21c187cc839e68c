import { useMutation } from "@tanstack/react-query";
import { Fingerprint, Mail } from "lucide-react";
import { call } from "../api/client.ts";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { askPasskey, hasPasskeys } from "./passkey.ts";
import { Providers } from "./providers.tsx";
import type { Passed } from "./session.ts";

const text = texts({
  en: {
    or: "or",
    passkey: "Sign in with a passkey",
    mail: "Sign in by e-mail",
    dismissed: "No passkey was shown. Try again, or sign in another way.",
  },
  id: {
    or: "atau",
    passkey: "Masuk dengan passkey",
    mail: "Masuk lewat email",
    dismissed: "Passkey tidak ditunjukkan. Coba lagi, atau masuk dengan cara lain.",
  },
});

type Props = {
  readonly next: string | undefined;
  readonly pass: (passed: Passed) => Promise<void>;
  readonly onMail: () => void;
};

/** What needs no password: a passkey, a mail, or somebody who knows them already. */
export function OtherWays({ next, pass, onMail }: Props) {
  const passkey = useMutation({
    mutationFn: async () => {
      const credential = await askPasskey();
      await pass(await call("POST /v1/auth/passkeys/sign-in", { body: { credential } }));
    },
  });
  const isDismissed = passkey.error?.name === "NotAllowedError";
  return (
    <div className="mt-5 flex flex-col gap-3">
      <p className="divider">{text.or}</p>
      {hasPasskeys() && (
        <button
          type="button"
          className="button button-quiet"
          disabled={passkey.isPending}
          onClick={() => passkey.mutate()}
        >
          <Fingerprint size={18} aria-hidden />
          {text.passkey}
        </button>
      )}
      <button type="button" className="button button-quiet" onClick={onMail}>
        <Mail size={18} aria-hidden />
        {text.mail}
      </button>
      <Providers next={next} />
      {isDismissed ? (
        <p className="notice" role="alert">
          {text.dismissed}
        </p>
      ) : (
        <Refusal error={passkey.error} />
      )}
    </div>
  );
}
