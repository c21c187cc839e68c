import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call, type Input } from "../api/client.ts";
import { forgetReads } from "../api/queries.ts";
import { renewRights } from "../session/tokens.ts";
import { texts } from "../shell/text.ts";
import { fieldError, TextArea, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { chooseShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Open your shop",
    intro: "Tell us who you are. It takes two minutes; afterwards we go through what else is needed.",
    name: "Name of the shop",
    nameHint: "This is what buyers see.",
    city: "City",
    about: "What do you sell?",
    aboutHint: "One or two sentences for your shop's page. You can leave it out.",
    legal: "Your trade",
    legalName: "Legal name",
    legalHint: "As in your papers: your own name, or your company's.",
    email: "E-mail for buyers and for us",
    phone: "Phone",
    phoneHint: "With the country's code, for instance +62 812 3456 7890.",
    submit: "Go on",
  },
  id: {
    title: "Buka toko Anda",
    intro: "Ceritakan siapa Anda. Hanya dua menit; setelah itu kita lengkapi yang lain bersama.",
    name: "Nama toko",
    nameHint: "Inilah yang dilihat pembeli.",
    city: "Kota",
    about: "Apa yang Anda jual?",
    aboutHint: "Satu atau dua kalimat untuk halaman toko. Boleh dikosongkan.",
    legal: "Usaha Anda",
    legalName: "Nama resmi",
    legalHint: "Sesuai dokumen: nama Anda sendiri atau nama perusahaan.",
    email: "Email untuk pembeli dan kami",
    phone: "Telepon",
    phoneHint: "Dengan kode negara, misalnya +62 812 3456 7890.",
    submit: "Lanjutkan",
  },
});

function bodyOf(form: FormData): Input<"POST /v1/sellers">["body"] {
  const about = fieldOf(form, "about");
  const phone = fieldOf(form, "phone").replaceAll(" ", "");
  return {
    name: fieldOf(form, "name"),
    city: fieldOf(form, "city"),
    legalName: fieldOf(form, "legalName"),
    email: fieldOf(form, "email"),
    ...(about !== "" && { descriptions: { en: about, id: about } }),
    ...(phone !== "" && { phone }),
  };
}

/** Where somebody without a shop begins, and whoever opens another one. */
export function ApplyPage() {
  const navigate = useNavigate();
  const apply = useMutation({
    mutationFn: (form: FormData) => call("POST /v1/sellers", { body: bodyOf(form) }),
    onSuccess: async ({ id }) => {
      chooseShop(id);
      await renewRights();
      await forgetReads(["GET /v1/sellers/mine"]);
      await navigate({ to: "/shop/onboarding" });
    },
  });
  return (
    <section className="mx-auto max-w-xl">
      <h1 className="page-title mb-2!">{text.title}</h1>
      <p className="text-muted mb-6">{text.intro}</p>
      <Form className="panel" onSend={apply.mutate} submit={text.submit} command={apply}>
        <Fields bad={(field) => fieldError(apply.error, `body.${field}`)} />
      </Form>
    </section>
  );
}

const Fields = ({ bad }: { readonly bad: (field: string) => string | undefined }) => (
  <>
    <TextField label={text.name} name="name" hint={text.nameHint} error={bad("name")} required />
    <TextField label={text.city} name="city" autoComplete="address-level2" error={bad("city")} required />
    <TextArea label={text.about} name="about" hint={text.aboutHint} maxLength={2_000} />
    <h2 className="mt-2 text-lg font-bold">{text.legal}</h2>
    <TextField
      label={text.legalName}
      name="legalName"
      autoComplete="organization"
      hint={text.legalHint}
      error={bad("legalName")}
      required
    />
    <TextField
      label={text.email}
      name="email"
      type="email"
      autoComplete="email"
      error={bad("email")}
      required
    />
    <TextField
      label={text.phone}
      name="phone"
      type="tel"
      autoComplete="tel"
      hint={text.phoneHint}
      error={bad("phone")}
    />
  </>
);
