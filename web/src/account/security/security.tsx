import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { NewPassword } from "../../session/new-password.tsx";
import { useStepUp } from "../../session/step-up.tsx";
import { renewed } from "../../session/tokens.ts";
import { texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { fieldError } from "../../ui/field.tsx";
import { Loaded, Rows } from "../../ui/loaded.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import { Tag } from "../../ui/tag.tsx";
import { Audit } from "./audit.tsx";
import { forgetSecurity } from "./forget.ts";
import { Linked } from "./linked.tsx";
import { Passkeys } from "./passkeys.tsx";
import { Sessions } from "./sessions.tsx";
import { Support } from "./support.tsx";
import { SecondFactor } from "./totp.tsx";

const text = texts({
  en: {
    title: "Security",
    password: "Password",
    passwordSet: "Set",
    passwordNone: "You sign in without one.",
    change: "Change",
    set: "Set a password",
    next: "New password",
    also: "All other devices are signed out.",
    save: "Save the password",
  },
  id: {
    title: "Keamanan",
    password: "Kata sandi",
    passwordSet: "Aktif",
    passwordNone: "Anda masuk tanpa kata sandi.",
    change: "Ubah",
    set: "Buat kata sandi",
    next: "Kata sandi baru",
    also: "Semua perangkat lain akan keluar.",
    save: "Simpan kata sandi",
  },
});

type Account = Schemas["Account"];

export function SecurityPage() {
  const found = useQuery(queryOf("GET /v1/auth/account", {}));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Loaded query={found} skeleton={<Rows count={4} />}>
        {(account) => (
          <div className="flex flex-col gap-4">
            <Password account={account} />
            <SecondFactor account={account} />
            <Passkeys />
            <Linked providers={account.providers} />
            <Sessions />
            <Support />
            <Audit />
          </div>
        )}
      </Loaded>
    </>
  );
}

function Password({ account: { hasPassword } }: { readonly account: Account }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="panel flex flex-wrap items-center justify-between gap-3">
      <div>
        <h2 className="flex items-center gap-2 font-bold">
          {text.password} {hasPassword && <Tag tone="good">{text.passwordSet}</Tag>}
        </h2>
        {!hasPassword && <p className="text-muted text-sm">{text.passwordNone}</p>}
      </div>
      <button type="button" className="button button-quiet button-small" onClick={() => setOpen(true)}>
        {hasPassword ? text.change : text.set}
      </button>
      {isOpen && <PasswordDialog onClose={() => setOpen(false)} />}
    </section>
  );
}

function PasswordDialog({ onClose }: { readonly onClose: () => void }) {
  const stepUp = useStepUp();
  const change = useMutation({
    mutationFn: (password: string) => stepUp(() => call("PUT /v1/auth/password", { body: { password } })),
    onSuccess: async (access) => {
      // The session's old token ended together with all others.
      renewed(access);
      onClose();
      await forgetSecurity();
    },
  });
  return (
    <Dialog title={text.password} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(String(new FormData(event.currentTarget).get("password") ?? ""));
        }}
      >
        <NewPassword label={text.next} also={text.also} error={fieldError(change.error, "body.password")} />
        <Refusal error={change.error} />
        <button type="submit" className="button button-primary" disabled={change.isPending}>
          {text.save}
        </button>
      </form>
    </Dialog>
  );
}
