import { Link, useNavigate } from "@tanstack/react-router";
import { texts } from "../shell/text.ts";
import { SelectField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { AdTermsFields, termsOf } from "./ad-terms.tsx";
import { useCommand } from "./command.ts";

const text = texts({
  en: {
    back: "Advertisements",
    title: "New campaign",
    pricing: "You pay for",
    cpc: "Clicks",
    cpm: "A thousand times seen",
    submit: "Start it",
    next: "Products, words and bids come next.",
  },
  id: {
    back: "Iklan",
    title: "Kampanye baru",
    pricing: "Anda membayar untuk",
    cpc: "Klik",
    cpm: "Seribu kali terlihat",
    submit: "Mulai",
    next: "Produk, kata kunci, dan tawaran menyusul.",
  },
});

/** A campaign before anything is advertised in it. */
export function NewAdPage() {
  const navigate = useNavigate();
  const start = useCommand("POST /v1/ad-campaigns", {
    forget: ["GET /v1/ad-campaigns"],
    onDone: ({ id }) => navigate({ to: "/shop/ads/$campaignId", params: { campaignId: id } }),
  });
  const send = (form: FormData) => {
    const pricing = fieldOf(form, "pricing") === "cpm" ? "cpm" : "cpc";
    start.mutate({ body: { ...termsOf(form), pricing } });
  };
  return (
    <>
      <Link to="/shop/ads" className="text-brand text-sm font-semibold">
        {text.back}
      </Link>
      <h1 className="page-title mt-2">{text.title}</h1>
      <Form
        className="panel max-w-2xl"
        onSend={send}
        submit={text.submit}
        command={start}
        beside={<span className="text-muted text-sm">{text.next}</span>}
      >
        <AdTermsFields error={start.error} />
        <SelectField label={text.pricing} name="pricing">
          <option value="cpc">{text.cpc}</option>
          <option value="cpm">{text.cpm}</option>
        </SelectField>
      </Form>
    </>
  );
}
