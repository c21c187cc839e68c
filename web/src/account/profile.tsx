import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client.ts";
import { queryClient, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useStepUp } from "../session/step-up.tsx";
import { locale as shown } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, SelectField, TextField } from "../ui/field.tsx";
import { Loaded, Rows } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Addresses } from "./addresses.tsx";
import { Privacy } from "./privacy.tsx";

const text = texts({
  en: {
    title: "Profile",
    name: "Name",
    phone: "Telephone",
    phoneHint: "With the country, as +6281234567890",
    locale: "Language",
    localeHint: "Of these pages and of what we write to you.",
    save: "Save",
    saved: "Saved.",
    email: "E-mail",
    change: "Change",
    changeTitle: "Change your e-mail",
    newEmail: "New address",
    ask: "Send the link",
    asked: "Open the link that we have mailed to the new address.",
  },
  id: {
    title: "Profil",
    name: "Nama",
    phone: "Telepon",
    phoneHint: "Dengan kode negara, misalnya +6281234567890",
    locale: "Bahasa",
    localeHint: "Untuk halaman ini dan semua yang kami kirim.",
    save: "Simpan",
    saved: "Tersimpan.",
    email: "Email",
    change: "Ubah",
    changeTitle: "Ubah email Anda",
    newEmail: "Alamat baru",
    ask: "Kirim tautan",
    asked: "Buka tautan yang kami kirim ke alamat baru.",
  },
});

/** The markets' languages, each by its own name; the first stands at the root of addresses. */
const LOCALES = (document.documentElement.dataset.locales ?? "en").split(",");
const NAMES: Readonly<Record<string, string>> = { en: "English", id: "Bahasa Indonesia" };

export function ProfilePage() {
  const found = useQuery(queryOf("GET /v1/users/me", {}));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Loaded query={found} skeleton={<Rows count={3} />}>
        {(profile) => (
          <>
            <ProfileForm profile={profile} />
            <Email email={profile.email} />
          </>
        )}
      </Loaded>
      <Addresses />
      <Privacy />
    </>
  );
}

type Profile = Schemas["Profile"];

function bodyOf(form: FormData): Schemas["PatchProfile"] {
  const phone = String(form.get("phone") ?? "").replace(/[\s-]/g, "");
  return {
    name: String(form.get("name") ?? "").trim(),
    phone: phone === "" ? null : phone,
    locale: form.get("locale") === "en" ? "en" : "id",
  };
}

/** The pages follow the language that was chosen, where the market has it. */
function follow({ locale }: Profile): void {
  if (locale === shown || !LOCALES.includes(locale)) return;
  location.assign(`${locale === LOCALES[0] ? "" : `/${locale}`}/account/profile`);
}

function ProfileForm({ profile }: { readonly profile: Profile }) {
  const save = useMutation({
    mutationFn: (body: Schemas["PatchProfile"]) =>
      call("PATCH /v1/users/me", { body }, { ifMatch: profile.version }),
    onSuccess: async (changed) => {
      await queryClient.invalidateQueries({ queryKey: ["GET /v1/users/me"] });
      follow(changed);
    },
  });
  return (
    <form
      className="panel form max-w-xl"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(bodyOf(new FormData(event.currentTarget)));
      }}
    >
      <TextField
        label={text.name}
        name="name"
        autoComplete="name"
        defaultValue={profile.name}
        maxLength={100}
        required
        error={fieldError(save.error, "body.name")}
      />
      <TextField
        label={text.phone}
        hint={text.phoneHint}
        name="phone"
        type="tel"
        autoComplete="tel"
        defaultValue={profile.phone ?? ""}
        error={fieldError(save.error, "body.phone")}
      />
      <SelectField label={text.locale} hint={text.localeHint} name="locale" defaultValue={profile.locale}>
        {Object.entries(NAMES).map(([locale, name]) => (
          <option key={locale} value={locale} lang={locale}>
            {name}
          </option>
        ))}
      </SelectField>
      <Refusal error={save.error} />
      <div className="flex items-center gap-3">
        <button type="submit" className="button button-primary" disabled={save.isPending}>
          {text.save}
        </button>
        <p role="status" className="text-good text-sm">
          {save.isSuccess && text.saved}
        </p>
      </div>
    </form>
  );
}

function Email({ email }: { readonly email: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="panel mt-4 flex max-w-xl flex-wrap items-center justify-between gap-3">
      <div className="min-w-0">
        <h2 className="text-sm font-semibold">{text.email}</h2>
        <p className="truncate">{email}</p>
      </div>
      <button type="button" className="button button-quiet button-small" onClick={() => setOpen(true)}>
        {text.change}
      </button>
      {isOpen && <EmailDialog onClose={() => setOpen(false)} />}
    </section>
  );
}

function EmailDialog({ onClose }: { readonly onClose: () => void }) {
  const stepUp = useStepUp();
  const ask = useMutation({
    mutationFn: (email: string) => stepUp(() => call("POST /v1/auth/email", { body: { email } })),
  });
  return (
    <Dialog title={text.changeTitle} onClose={onClose}>
      {ask.isSuccess ? (
        <p role="status">{text.asked}</p>
      ) : (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            ask.mutate(String(new FormData(event.currentTarget).get("email") ?? "").trim());
          }}
        >
          <TextField
            label={text.newEmail}
            name="email"
            type="email"
            autoComplete="email"
            required
            error={fieldError(ask.error, "body.email")}
          />
          <Refusal error={ask.error} />
          <button type="submit" className="button button-primary" disabled={ask.isPending}>
            {text.ask}
          </button>
        </form>
      )}
    </Dialog>
  );
}
