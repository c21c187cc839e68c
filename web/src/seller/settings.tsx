import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { locale } from "../shell/page.ts";
import { said, texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { fieldError, TextArea, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { instantOf, MomentField } from "../ui/moment-field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { OriginForm } from "./origin.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Settings",
    see: "See the shop as buyers do",
    profile: "Profile",
    name: "Name of the shop",
    slug: "Address",
    slugHint: "The old address leads to the new one.",
    about: "About the shop",
    city: "City",
    legalName: "Legal name",
    email: "E-mail",
    phone: "Phone",
    save: "Save",
    saved: "Saved.",
    page: "The shop's page",
    tagline: "In a line",
    announcement: "News for buyers",
    returnPolicy: "How returns work",
    shippingPolicy: "How you ship",
    taxId: "Tax number",
    vacation: "Holiday",
    vacationText: "Nothing can be bought while you are away. What was ordered still has to be sent.",
    until: "Back on",
    untilHint: "Leave it out if you do not know yet.",
    pause: "Go on holiday",
    resume: "Open again",
    away: (at: string) => `Closed until ${at}.`,
    awayOpen: "Closed until you open it again.",
    origin: "Pick-up address",
    another: "Open another shop",
  },
  id: {
    title: "Pengaturan",
    see: "Lihat toko seperti pembeli",
    profile: "Profil",
    name: "Nama toko",
    slug: "Alamat toko",
    slugHint: "Alamat lama mengarah ke yang baru.",
    about: "Tentang toko",
    city: "Kota",
    legalName: "Nama resmi",
    email: "Email",
    phone: "Telepon",
    save: "Simpan",
    saved: "Tersimpan.",
    page: "Halaman toko",
    tagline: "Dalam satu kalimat",
    announcement: "Kabar untuk pembeli",
    returnPolicy: "Kebijakan pengembalian",
    shippingPolicy: "Kebijakan pengiriman",
    taxId: "NPWP",
    vacation: "Libur",
    vacationText: "Tidak ada yang bisa dibeli selama libur. Pesanan yang sudah masuk tetap harus dikirim.",
    until: "Buka lagi",
    untilHint: "Kosongkan bila belum tahu.",
    pause: "Liburkan toko",
    resume: "Buka lagi",
    away: (at: string) => `Tutup sampai ${at}.`,
    awayOpen: "Tutup sampai Anda membukanya lagi.",
    origin: "Alamat penjemputan",
    another: "Buka toko lain",
  },
});
const MINE = ["GET /v1/sellers/mine"] as const;
const Saved = ({ isSaved }: { readonly isSaved: boolean }) => (
  <span role="status" className="text-good text-sm font-semibold">
    {isSaved && text.saved}
  </span>
);

/** Who the shop is, where its parcels leave from, and when it is away. */
export function SettingsPage() {
  const shop = useShop();
  const path = { sellerId: shop.seller };
  const profile = useQuery(queryOf("GET /v1/sellers/{sellerId}/profile", { path }, shop));
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="page-title mb-0!">{text.title}</h1>
        <Link
          to="/shops/$slug"
          params={{ slug: shop.about.slug }}
          className="text-brand text-sm font-semibold"
        >
          {text.see}
        </Link>
      </header>
      <div className="flex max-w-3xl flex-col gap-5">
        <ProfileForm key={shop.about.version} />
        <Loaded query={profile}>{(found) => <PageForm key={found.version} profile={found} />}</Loaded>
        <section className="panel">
          <h2 className="mb-3 text-lg font-bold">{text.origin}</h2>
          <OriginForm />
        </section>
        <VacationPanel />
        <Link to="/shop/open" className="text-brand text-sm font-semibold">
          {text.another}
        </Link>
      </div>
    </>
  );
}

/** Words in the page's language; the other language keeps what it has, or gets the same. */
function wordsOf(typed: string, was: { readonly en: string; readonly id?: string } | null | undefined) {
  return typed === "" ? null : { en: typed, id: typed, ...was, [locale]: typed };
}

function ProfileForm() {
  const { seller, about } = useShop();
  const save = useCommand("PATCH /v1/sellers/{sellerId}", { forget: MINE });
  const send = (form: FormData) => {
    const phone = fieldOf(form, "phone").replaceAll(" ", "");
    save.mutate({
      path: { sellerId: seller },
      body: {
        name: fieldOf(form, "name"),
        slug: fieldOf(form, "slug"),
        city: fieldOf(form, "city"),
        legalName: fieldOf(form, "legalName"),
        email: fieldOf(form, "email"),
        phone: phone === "" ? null : phone,
        descriptions: wordsOf(fieldOf(form, "about"), about.descriptions),
      },
      ifMatch: about.version,
    });
  };
  const given = (name: "name" | "slug" | "city" | "legalName" | "email") => ({
    name,
    label: text[name],
    defaultValue: about[name],
    error: fieldError(save.error, `body.${name}`),
    required: true,
  });
  return (
    <Form
      className="panel"
      onSend={send}
      submit={text.save}
      command={save}
      beside={<Saved isSaved={save.isSuccess} />}
    >
      <h2 className="text-lg font-bold">{text.profile}</h2>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField {...given("name")} />
        <TextField {...given("slug")} hint={text.slugHint} />
      </div>
      <TextArea label={text.about} name="about" defaultValue={said(about.descriptions)} maxLength={2_000} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField {...given("city")} />
        <TextField {...given("legalName")} />
        <TextField {...given("email")} type="email" />
        <TextField
          label={text.phone}
          name="phone"
          type="tel"
          defaultValue={about.phone ?? ""}
          error={fieldError(save.error, "body.phone")}
        />
      </div>
    </Form>
  );
}

type Profile = Answer<"GET /v1/sellers/{sellerId}/profile">;
const PAGE = ["announcement", "returnPolicy", "shippingPolicy"] as const;

function PageForm({ profile }: { readonly profile: Profile }) {
  const { seller } = useShop();
  const { storefront } = profile;
  const save = useCommand("PATCH /v1/sellers/{sellerId}/profile", {
    forget: ["GET /v1/sellers/{sellerId}/profile", "GET /v1/sellers/{sellerId}/requirements"],
  });
  const send = (form: FormData) => {
    const words = (name: "tagline" | (typeof PAGE)[number]) =>
      wordsOf(fieldOf(form, name), storefront?.[name]);
    save.mutate({
      path: { sellerId: seller },
      body: {
        taxId: fieldOf(form, "taxId") || null,
        storefront: {
          tagline: words("tagline"),
          announcement: words("announcement"),
          returnPolicy: words("returnPolicy"),
          shippingPolicy: words("shippingPolicy"),
          shelves: storefront?.shelves ?? [],
        },
      },
      ifMatch: profile.version,
    });
  };
  return (
    <Form
      className="panel"
      onSend={send}
      submit={text.save}
      command={save}
      beside={<Saved isSaved={save.isSuccess} />}
    >
      <h2 className="text-lg font-bold">{text.page}</h2>
      <TextField
        label={text.tagline}
        name="tagline"
        defaultValue={said(storefront?.tagline)}
        maxLength={120}
      />
      {PAGE.map((name) => (
        <TextArea key={name} label={text[name]} name={name} defaultValue={said(storefront?.[name])} />
      ))}
      <TextField
        label={text.taxId}
        name="taxId"
        defaultValue={profile.taxId ?? ""}
        error={fieldError(save.error, "body.taxId")}
      />
    </Form>
  );
}

function VacationPanel() {
  const { seller, about } = useShop();
  const path = { sellerId: seller };
  const pause = useCommand("POST /v1/sellers/{sellerId}/pause", { forget: MINE });
  const resume = useCommand("POST /v1/sellers/{sellerId}/resume", { forget: MINE });
  if (about.state !== "active" && about.state !== "vacation") return null;
  if (about.state === "vacation") {
    return (
      <section className="panel">
        <h2 className="text-lg font-bold">{text.vacation}</h2>
        <p className="mb-4">{about.vacationUntil ? text.away(day(about.vacationUntil)) : text.awayOpen}</p>
        <button
          type="button"
          className="button button-primary"
          disabled={resume.isPending}
          onClick={() => resume.mutate({ path })}
        >
          {text.resume}
        </button>
        <Refusal error={resume.error} />
      </section>
    );
  }
  const send = (form: FormData) => {
    const until = instantOf(form.get("until"));
    pause.mutate({ path, body: until === undefined ? {} : { until } });
  };
  return (
    <Form className="panel" onSend={send} submit={text.pause} command={pause}>
      <h2 className="text-lg font-bold">{text.vacation}</h2>
      <p className="text-muted">{text.vacationText}</p>
      <MomentField
        label={text.until}
        hint={text.untilHint}
        name="until"
        error={fieldError(pause.error, "body.until")}
      />
    </Form>
  );
}
