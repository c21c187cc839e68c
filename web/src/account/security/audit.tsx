import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { pagesOf } from "../../api/queries.ts";
import { texts } from "../../shell/text.ts";
import { moment } from "../../shell/when.ts";
import { Paged } from "../../ui/loaded.tsx";

const words = texts({
  en: {
    signed_up: "Account made",
    sign_up_repeated: "Somebody tried to make the account again",
    signed_in: "Signed in",
    sign_in_failed: "Failed sign-in",
    mfa_asked: "Second factor asked for",
    mfa_failed: "Wrong code",
    signed_out: "Signed out",
    signed_out_everywhere: "Signed out everywhere",
    session_revoked: "Session ended",
    session_reused: "A stolen session was stopped",
    stepped_up: "Confirmed once more",
    mail_sent: "Mail sent",
    email_verified: "E-mail confirmed",
    email_change_asked: "New e-mail asked for",
    email_changed: "E-mail changed",
    email_change_undone: "Change of e-mail taken back",
    password_changed: "Password changed",
    password_reset: "Password set anew",
    password_rehashed: "Password stored more safely",
    totp_on: "Authenticator app turned on",
    totp_off: "Authenticator app turned off",
    recovery_codes_made: "New recovery codes",
    recovery_code_used: "Recovery code used",
    passkey_added: "Passkey added",
    passkey_removed: "Passkey removed",
    passkey_refused: "Passkey refused",
    provider_linked: "Account linked",
    provider_unlinked: "Account unlinked",
    key_made: "API key made",
    key_revoked: "API key revoked",
    operator_changed: "Role changed",
    account_disabled: "Account blocked",
    account_enabled: "Account opened again",
    acting_started: "Support began to act in your name",
    acting_ended: "Support stopped acting in your name",
    acted: "Support did something in your name",
  },
  id: {
    signed_up: "Akun dibuat",
    sign_up_repeated: "Ada yang mencoba membuat akun ini lagi",
    signed_in: "Masuk",
    sign_in_failed: "Gagal masuk",
    mfa_asked: "Faktor kedua diminta",
    mfa_failed: "Kode salah",
    signed_out: "Keluar",
    signed_out_everywhere: "Keluar di semua perangkat",
    session_revoked: "Sesi diakhiri",
    session_reused: "Sesi curian dihentikan",
    stepped_up: "Dikonfirmasi sekali lagi",
    mail_sent: "Email dikirim",
    email_verified: "Email dikonfirmasi",
    email_change_asked: "Email baru diminta",
    email_changed: "Email diubah",
    email_change_undone: "Perubahan email dibatalkan",
    password_changed: "Kata sandi diubah",
    password_reset: "Kata sandi dibuat ulang",
    password_rehashed: "Kata sandi disimpan lebih aman",
    totp_on: "Aplikasi autentikator diaktifkan",
    totp_off: "Aplikasi autentikator dinonaktifkan",
    recovery_codes_made: "Kode pemulihan baru",
    recovery_code_used: "Kode pemulihan dipakai",
    passkey_added: "Passkey ditambahkan",
    passkey_removed: "Passkey dihapus",
    passkey_refused: "Passkey ditolak",
    provider_linked: "Akun ditautkan",
    provider_unlinked: "Tautan akun dilepas",
    key_made: "Kunci API dibuat",
    key_revoked: "Kunci API dicabut",
    operator_changed: "Peran diubah",
    account_disabled: "Akun diblokir",
    account_enabled: "Akun dibuka kembali",
    acting_started: "Dukungan mulai bertindak atas nama Anda",
    acting_ended: "Dukungan berhenti bertindak atas nama Anda",
    acted: "Dukungan melakukan sesuatu atas nama Anda",
  },
});

const text = texts({
  en: { title: "What happened to your account", from: (address: string) => `from ${address}` },
  id: { title: "Yang terjadi pada akun Anda", from: (address: string) => `dari ${address}` },
});

const PAGE = 20;

/** Read when it is opened: most people never look. */
export function Audit() {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="panel" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="cursor-pointer font-bold">{text.title}</summary>
      {isOpen && <Events />}
    </details>
  );
}

function Events() {
  const found = useInfiniteQuery(pagesOf("GET /v1/auth/audit", { query: { limit: PAGE } }));
  return (
    <div className="mt-3">
      <Paged query={found} keyOf={({ id }) => id} className="divide-line divide-y" empty={null}>
        {({ type, at, device, addressPrefix }) => (
          <div className="flex flex-wrap justify-between gap-x-4 py-2 text-sm">
            <span>
              <strong>{words[type]}</strong>
              <span className="text-muted block">
                {device} {addressPrefix && text.from(addressPrefix)}
              </span>
            </span>
            <time className="text-muted" dateTime={at}>
              {moment(at)}
            </time>
          </div>
        )}
      </Paged>
    </div>
  );
}
