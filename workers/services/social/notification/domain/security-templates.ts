import * as z from "zod";
import { button, code, note, table, text } from "./content.ts";
import { defineTemplate, type Template } from "./template.ts";
import { moment, say, type Voice } from "./words.ts";

const zLink = z.object({ link: z.url() });
const zCode = z.object({ code: z.string().min(1) });
const zPlace = z.object({ device: z.string(), addressPrefix: z.string() });

const notYou = (voice: Voice) =>
  note(
    say(voice, {
      en: "If you did not ask for this, you can ignore this mail: without it nothing happens.",
      id: "Jika Anda tidak memintanya, abaikan email ini: tidak ada yang berubah.",
    }),
  );

const secureAccount = (voice: Voice) => [
  text(
    say(voice, {
      en: "If this was you, there is nothing to do. If not, change your password and sign out everywhere.",
      id: "Jika ini Anda, abaikan saja. Jika bukan, ganti kata sandi dan keluar dari semua perangkat.",
    }),
  ),
  button(say(voice, { en: "Check my account", id: "Periksa akun saya" }), `${voice.origin}/account/security`),
];

const placeRows = (voice: Voice, { device, addressPrefix }: z.output<typeof zPlace>) =>
  table([
    [say(voice, { en: "Device", id: "Perangkat" }), device],
    [say(voice, { en: "Network", id: "Jaringan" }), addressPrefix],
  ]);

type Words = { readonly en: string; readonly id: string };
type LinkMail = {
  readonly name: string;
  readonly subject: Words;
  readonly body: Words;
  readonly label: Words;
};

/** A mail that is a sentence and a button; the page behind the button asks once more before it acts. */
const linkMail = ({ name, subject, body, label }: LinkMail): Template =>
  defineTemplate({
    name,
    version: 1,
    category: "security",
    data: zLink,
    mail: ({ link }, voice) => ({
      subject: say(voice, subject),
      heading: say(voice, subject),
      blocks: [text(say(voice, body)), button(say(voice, label), link), notYou(voice)],
    }),
  });

const LINK_MAILS = [
  linkMail({
    name: "auth.verify_email",
    subject: { en: "Confirm your e-mail address", id: "Konfirmasi alamat email Anda" },
    body: {
      en: "Welcome. Please confirm that this address is yours.",
      id: "Selamat datang. Mohon konfirmasi bahwa alamat ini milik Anda.",
    },
    label: { en: "Confirm my address", id: "Konfirmasi alamat saya" },
  }),
  linkMail({
    name: "auth.reset_password",
    subject: { en: "Choose a new password", id: "Pilih kata sandi baru" },
    body: {
      en: "Somebody, hopefully you, asked for a new password for your account.",
      id: "Seseorang, semoga Anda sendiri, meminta kata sandi baru untuk akun Anda.",
    },
    label: { en: "Choose a new password", id: "Pilih kata sandi baru" },
  }),
  linkMail({
    name: "auth.magic_link",
    subject: { en: "Your link to sign in", id: "Tautan masuk Anda" },
    body: {
      en: "This link signs you in once. Do not pass it on.",
      id: "Tautan ini untuk masuk satu kali. Jangan berikan kepada siapa pun.",
    },
    label: { en: "Sign in", id: "Masuk" },
  }),
  linkMail({
    name: "auth.confirm_new_email",
    subject: { en: "Confirm your new e-mail address", id: "Konfirmasi alamat email baru Anda" },
    body: {
      en: "Please confirm that you want to sign in with this address from now on.",
      id: "Mohon konfirmasi bahwa Anda ingin masuk dengan alamat ini mulai sekarang.",
    },
    label: { en: "Use this address", id: "Gunakan alamat ini" },
  }),
  linkMail({
    name: "auth.email_changed",
    subject: { en: "Your e-mail address was changed", id: "Alamat email Anda telah diubah" },
    body: {
      en: "Your account now signs in with another address. If that was not you, take it back with this link.",
      id: "Akun Anda sekarang memakai alamat lain. Jika bukan Anda, batalkan lewat tautan ini.",
    },
    label: { en: "Take it back", id: "Batalkan perubahan" },
  }),
];

const CHANGES: { readonly [change: string]: Words } = {
  password_changed: { en: "Your password was changed", id: "Kata sandi Anda telah diubah" },
  passkey_added: { en: "A passkey was added", id: "Passkey telah ditambahkan" },
  passkey_removed: { en: "A passkey was removed", id: "Passkey telah dihapus" },
  second_factor_on: { en: "Two-step sign-in is on", id: "Verifikasi dua langkah aktif" },
  second_factor_off: { en: "Two-step sign-in was switched off", id: "Verifikasi dua langkah dimatikan" },
  recovery_code_used: { en: "A recovery code was used", id: "Kode pemulihan telah digunakan" },
  provider_linked: {
    en: "Another way to sign in was linked",
    id: "Cara masuk lain telah ditautkan",
  },
  session_reused: {
    en: "We ended a session that was used twice",
    id: "Kami mengakhiri sesi yang dipakai dua kali",
  },
};
const ACTING = {
  subject: { en: "Support is helping in your account", id: "Dukungan sedang membantu di akun Anda" },
  body: {
    en: "It sees your account and may change what you asked for, but neither moves money nor your security.",
    id: "Dukungan melihat akun Anda dan dapat mengubah yang Anda minta, bukan uang atau keamanan Anda.",
  },
} as const;
const SECURITY_PATH = "/account/security";
const changeOf = (voice: Voice, change: string) =>
  say(voice, CHANGES[change] ?? { en: "Your account was changed", id: "Akun Anda telah diubah" });

export const SECURITY_TEMPLATES: readonly Template[] = [
  ...LINK_MAILS,
  defineTemplate({
    name: "auth.email_otp",
    version: 1,
    category: "security",
    data: zCode,
    mail: ({ code: digits }, voice) => {
      // The code is not in the subject, which a locked screen shows.
      const subject = say(voice, { en: "Your sign-in code", id: "Kode masuk Anda" });
      const keep = say(voice, {
        en: "Nobody of us will ever ask you for it.",
        id: "Kami tidak akan pernah memintanya dari Anda.",
      });
      return { subject, heading: subject, blocks: [code(digits), text(keep), notYou(voice)] };
    },
  }),
  defineTemplate({
    name: "auth.already_signed_up",
    version: 1,
    category: "security",
    data: z.object({}),
    mail: (_, voice) => {
      const subject = say(voice, { en: "You already have an account", id: "Anda sudah memiliki akun" });
      const body = say(voice, {
        en: "Somebody, hopefully you, signed up with this address. Sign in, or choose a new password.",
        id: "Seseorang, semoga Anda, mendaftar dengan alamat ini. Silakan masuk atau pilih sandi baru.",
      });
      const label = say(voice, { en: "Sign in", id: "Masuk" });
      return { subject, heading: subject, blocks: [text(body), button(label, `${voice.origin}/sign-in`)] };
    },
  }),
  defineTemplate({
    name: "auth.new_device",
    version: 1,
    category: "security",
    data: zPlace,
    mail: (place, voice) => {
      const subject = say(voice, { en: "New sign-in to your account", id: "Ada masuk baru ke akun Anda" });
      return { subject, heading: subject, blocks: [placeRows(voice, place), ...secureAccount(voice)] };
    },
    entry: ({ device }, voice) => ({
      title: say(voice, { en: "New sign-in to your account", id: "Ada masuk baru ke akun Anda" }),
      body: device,
      path: SECURITY_PATH,
    }),
  }),
  defineTemplate({
    name: "auth.acting_started",
    version: 1,
    category: "security",
    data: z.object({ reason: z.string(), until: z.int() }),
    mail: ({ reason, until }, voice) => {
      const subject = say(voice, ACTING.subject);
      const body = say(voice, ACTING.body);
      const label = say(voice, { en: "See what is done", id: "Lihat yang dilakukan" });
      const rows = table([
        [say(voice, { en: "Reason", id: "Alasan" }), reason],
        [say(voice, { en: "Until", id: "Sampai" }), moment(voice, until)],
      ]);
      const look = button(label, `${voice.origin}${SECURITY_PATH}`);
      return { subject, heading: subject, blocks: [text(body), rows, look] };
    },
    entry: ({ reason }, voice) => ({
      title: say(voice, ACTING.subject),
      body: reason,
      path: SECURITY_PATH,
    }),
  }),
  defineTemplate({
    name: "auth.security_changed",
    version: 1,
    category: "security",
    data: zPlace.extend({ change: z.string() }),
    mail: ({ change, ...place }, voice) => {
      const subject = changeOf(voice, change);
      return { subject, heading: subject, blocks: [placeRows(voice, place), ...secureAccount(voice)] };
    },
    entry: ({ change, device }, voice) => ({
      title: changeOf(voice, change),
      body: device,
      path: SECURITY_PATH,
    }),
  }),
];
