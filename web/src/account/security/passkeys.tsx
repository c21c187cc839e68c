import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/browser";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { hasPasskeys } from "../../session/passkey.ts";
import { useStepUp } from "../../session/step-up.tsx";
import { texts } from "../../shell/text.ts";
import { day } from "../../shell/when.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import { Tag } from "../../ui/tag.tsx";
import { forgetSecurity } from "./forget.ts";

const text = texts({
  en: {
    title: "Passkeys",
    about: "Sign in with your finger, your face or your device's PIN. Nobody can steal it by a forged page.",
    add: "Add a passkey",
    none: "This browser knows no passkeys.",
    added: (at: string) => `Added ${at}`,
    used: (at: string) => `last used ${at}`,
    backedUp: "Kept by your account",
    rename: "Rename",
    remove: "Remove",
    name: "Name",
    save: "Save",
    device: "This device",
  },
  id: {
    title: "Passkey",
    about: "Masuk dengan sidik jari, wajah, atau PIN perangkat. Tidak dapat dicuri lewat halaman palsu.",
    add: "Tambah passkey",
    none: "Peramban ini tidak mengenal passkey.",
    added: (at: string) => `Ditambahkan ${at}`,
    used: (at: string) => `terakhir dipakai ${at}`,
    backedUp: "Disimpan akun Anda",
    rename: "Ganti nama",
    remove: "Hapus",
    name: "Nama",
    save: "Simpan",
    device: "Perangkat ini",
  },
});

type Passkey = Schemas["Passkey"];

/** What the authenticator makes for a challenge of ours; it rejects when the person thinks better of it. */
async function makePasskey(options: Schemas["WebAuthnOptions"]): Promise<Passkey> {
  const { startRegistration } = await import("@simplewebauthn/browser");
  // The server writes the options in WebAuthn's form, of which the API describes the challenge alone.
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const { id, rawId, response, clientExtensionResults } = await startRegistration({ optionsJSON });
  const { clientDataJSON, attestationObject, transports } = response;
  const credential = {
    id,
    rawId,
    type: "public-key" as const,
    clientExtensionResults: { ...clientExtensionResults },
    response: { clientDataJSON, attestationObject, ...(transports && { transports }) },
  };
  return call("POST /v1/auth/passkeys", { body: { name: text.device, credential } });
}

export function Passkeys() {
  const stepUp = useStepUp();
  const { data } = useQuery(queryOf("GET /v1/auth/passkeys", {}));
  const add = useMutation({
    mutationFn: async () => makePasskey(await stepUp(() => call("POST /v1/auth/passkeys/registration", {}))),
    onSuccess: forgetSecurity,
  });
  // Whoever closes the browser's own dialog has said no, and nothing went wrong.
  const isNo = add.error?.name === "NotAllowedError";
  return (
    <section className="panel">
      <h2 className="font-bold">{text.title}</h2>
      <p className="text-muted mt-1 text-sm">{hasPasskeys() ? text.about : text.none}</p>
      <ul className="divide-line mt-2 divide-y">
        {data?.items.map((passkey) => (
          <Row key={passkey.id} passkey={passkey} />
        ))}
      </ul>
      {hasPasskeys() && (
        <button
          type="button"
          className="button button-quiet button-small mt-3"
          disabled={add.isPending}
          onClick={() => add.mutate()}
        >
          {text.add}
        </button>
      )}
      <Refusal error={isNo ? undefined : add.error} />
    </section>
  );
}

function Row({ passkey }: { readonly passkey: Passkey }) {
  const { id: passkeyId, name, isBackedUp, createdAt, lastUsedAt } = passkey;
  const stepUp = useStepUp();
  const [isRenaming, setRenaming] = useState(false);
  const remove = useMutation({
    mutationFn: () => stepUp(() => call("DELETE /v1/auth/passkeys/{passkeyId}", { path: { passkeyId } })),
    onSuccess: forgetSecurity,
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
      <span className="min-w-0 flex-1 basis-48">
        <span className="flex flex-wrap items-center gap-2">
          <strong>{name}</strong> {isBackedUp && <Tag>{text.backedUp}</Tag>}
        </span>
        <span className="text-muted block">
          {text.added(day(createdAt))}
          {lastUsedAt && `, ${text.used(day(lastUsedAt))}`}
        </span>
      </span>
      <button type="button" className="button button-quiet button-small" onClick={() => setRenaming(true)}>
        {text.rename}
      </button>
      <button
        type="button"
        className="button button-bad button-small"
        disabled={remove.isPending}
        onClick={() => remove.mutate()}
      >
        {text.remove}
      </button>
      <Refusal error={remove.error} />
      {isRenaming && <RenameDialog passkey={passkey} onClose={() => setRenaming(false)} />}
    </li>
  );
}

type RenameProps = { readonly passkey: Passkey; readonly onClose: () => void };

function RenameDialog({ passkey: { id: passkeyId, name: before }, onClose }: RenameProps) {
  const stepUp = useStepUp();
  const rename = useMutation({
    mutationFn: (name: string) =>
      stepUp(() => call("PATCH /v1/auth/passkeys/{passkeyId}", { path: { passkeyId }, body: { name } })),
    onSuccess: async () => {
      onClose();
      await forgetSecurity();
    },
  });
  return (
    <Dialog title={text.rename} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(String(new FormData(event.currentTarget).get("name") ?? "").trim());
        }}
      >
        <TextField label={text.name} name="name" defaultValue={before} maxLength={60} required />
        <Refusal error={rename.error} />
        <button type="submit" className="button button-primary" disabled={rename.isPending}>
          {text.save}
        </button>
      </form>
    </Dialog>
  );
}
