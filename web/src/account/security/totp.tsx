import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { useStepUp } from "../../session/step-up.tsx";
import { count, texts } from "../../shell/text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { Tag } from "../../ui/tag.tsx";
import { forgetSecurity } from "./forget.ts";

const text = texts({
  en: {
    title: "Authenticator app",
    about: "Besides your password, a code of your telephone: nobody signs in with one of them alone.",
    on: "On",
    left: (n: string) => `${n} recovery codes left`,
    turnOn: "Turn it on",
    turnOff: "Turn it off",
    renew: "New recovery codes",
    scan: "Scan this with your authenticator app",
    qr: "QR code for the authenticator app",
    byHand: "Or type this key into it:",
    code: "Code that the app shows",
    confirm: "Turn it on",
    codes: "Recovery codes",
    codesText:
      "Each signs you in once when you have lost your telephone. They are shown only now: keep them safe.",
    save: "Save as a file",
    done: "I have kept them",
  },
  id: {
    title: "Aplikasi autentikator",
    about: "Selain kata sandi, kode dari ponsel Anda: tak ada yang bisa masuk dengan salah satunya saja.",
    on: "Aktif",
    left: (n: string) => `${n} kode pemulihan tersisa`,
    turnOn: "Aktifkan",
    turnOff: "Nonaktifkan",
    renew: "Kode pemulihan baru",
    scan: "Pindai dengan aplikasi autentikator Anda",
    qr: "Kode QR untuk aplikasi autentikator",
    byHand: "Atau ketik kunci ini:",
    code: "Kode yang ditampilkan aplikasi",
    confirm: "Aktifkan",
    codes: "Kode pemulihan",
    codesText: "Masing-masing bisa dipakai masuk sekali jika ponsel hilang. Hanya ditampilkan kali ini.",
    save: "Simpan sebagai berkas",
    done: "Sudah saya simpan",
  },
});

type Account = Schemas["Account"];
type Codes = readonly string[];

export function SecondFactor({ account }: { readonly account: Account }) {
  const stepUp = useStepUp();
  const [codes, setCodes] = useState<Codes>();
  const setUp = useMutation({ mutationFn: () => stepUp(() => call("POST /v1/auth/totp", {})) });
  const turnOff = useMutation({
    mutationFn: () => stepUp(() => call("DELETE /v1/auth/totp", {})),
    onSuccess: forgetSecurity,
  });
  const renew = useMutation({
    mutationFn: () => stepUp(() => call("POST /v1/auth/recovery-codes", {})),
    onSuccess: async ({ recoveryCodes }) => {
      setCodes(recoveryCodes);
      await forgetSecurity();
    },
  });
  const { hasTotp, recoveryCodesLeft } = account;
  return (
    <section className="panel">
      <h2 className="flex items-center gap-2 font-bold">
        {text.title} {hasTotp && <Tag tone="good">{text.on}</Tag>}
      </h2>
      <p className="text-muted mt-1 text-sm">{hasTotp ? text.left(count(recoveryCodesLeft)) : text.about}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {hasTotp ? (
          <>
            <Press label={text.renew} of={renew} />
            <Press label={text.turnOff} of={turnOff} kind="bad" />
          </>
        ) : (
          <Press label={text.turnOn} of={setUp} />
        )}
      </div>
      <Refusal error={setUp.error ?? turnOff.error ?? renew.error} />
      {setUp.data && !codes && <SetUpDialog setUp={setUp.data} onClose={setUp.reset} onDone={setCodes} />}
      {codes && (
        <CodesDialog
          codes={codes}
          onClose={() => {
            setCodes(undefined);
            setUp.reset();
          }}
        />
      )}
    </section>
  );
}

type PressProps = {
  readonly label: string;
  readonly of: { readonly isPending: boolean; readonly mutate: () => void };
  readonly kind?: "quiet" | "bad";
};
const Press = ({ label, of, kind = "quiet" }: PressProps) => (
  <button
    type="button"
    className={`button button-small button-${kind}`}
    disabled={of.isPending}
    onClick={() => of.mutate()}
  >
    {label}
  </button>
);

type SetUpProps = {
  readonly setUp: Schemas["TotpSetUp"];
  readonly onClose: () => void;
  readonly onDone: (codes: Codes) => void;
};

function SetUpDialog({ setUp: { uri, secret }, onClose, onDone }: SetUpProps) {
  const stepUp = useStepUp();
  const { data: picture } = useQuery({
    queryKey: ["qr", uri],
    queryFn: async () => (await import("qrcode")).toDataURL(uri, { width: QR_PIXELS, margin: 2 }),
    gcTime: 0,
  });
  const confirm = useMutation({
    mutationFn: (code: string) => stepUp(() => call("POST /v1/auth/totp/confirm", { body: { code } })),
    onSuccess: async ({ recoveryCodes }) => {
      onDone(recoveryCodes);
      await forgetSecurity();
    },
  });
  return (
    <Dialog title={text.title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate(String(new FormData(event.currentTarget).get("code") ?? "").trim());
        }}
      >
        <p>{text.scan}</p>
        <div className="mx-auto size-56">
          {picture ? (
            <img src={picture} alt={text.qr} width={QR_PIXELS} height={QR_PIXELS} className="size-56" />
          ) : (
            <div className="skeleton size-56" />
          )}
        </div>
        <p className="text-sm">
          {text.byHand} <code className="bg-sunken block rounded-md p-2 break-all">{secret}</code>
        </p>
        <TextField
          label={text.code}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="\s*\d{6}\s*"
          required
        />
        <Refusal error={confirm.error} />
        <button type="submit" className="button button-primary" disabled={confirm.isPending}>
          {text.confirm}
        </button>
      </form>
    </Dialog>
  );
}
/** Twice what is shown, for sharp edges on every screen. */
const QR_PIXELS = 448;

type CodesProps = { readonly codes: Codes; readonly onClose: () => void };

function CodesDialog({ codes, onClose }: CodesProps) {
  const keep = () =>
    saveFile(new Blob([`${codes.join("\n")}\n`], { type: "text/plain" }), "titan-recovery-codes.txt");
  return (
    <Dialog title={text.codes} onClose={onClose}>
      <p className="text-muted mb-3 text-sm">{text.codesText}</p>
      <ul className="bg-sunken grid grid-cols-2 gap-2 rounded-control p-4 font-mono text-sm">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <button type="button" className="button button-quiet" onClick={keep}>
          {text.save}
        </button>
        <button type="button" className="button button-primary" onClick={onClose}>
          {text.done}
        </button>
      </div>
    </Dialog>
  );
}
