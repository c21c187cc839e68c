import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Answer, upload } from "../api/client.ts";
import { forgetReads, queryOf } from "../api/queries.ts";
import { said, texts } from "../shell/text.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { FileButton } from "../ui/file-button.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { wordsOf } from "./product-draft.ts";
import { WordFields } from "./product-fields.tsx";
import { PRODUCT_READS } from "./product-states.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    intro: "Another shop made this product. What you propose waits for an operator; your offer stays yours.",
    words: "What it is",
    send: "Propose",
    sent: "Sent. It waits for an operator.",
    gtin: (variant: string) => `GTIN ${variant}`,
    pictures: "Pictures",
    add: "Propose a picture",
    all: "What you have proposed",
  },
  id: {
    intro:
      "Produk ini dibuat toko lain. Usulan Anda di sini menunggu operator; penawaran Anda tetap milik Anda.",
    words: "Tentang produk",
    send: "Usulkan",
    sent: "Terkirim. Menunggu operator.",
    gtin: (variant: string) => `GTIN ${variant}`,
    pictures: "Foto",
    add: "Usulkan foto",
    all: "Yang telah Anda usulkan",
  },
});
type Page = Answer<"GET /v1/products/{idOrSlug}">;

/** A product that another shop made: what it is may be mended, how others sell it may not. */
export function ProposePage({ productId }: { readonly productId: string }) {
  const product = useQuery(queryOf("GET /v1/products/{idOrSlug}", { path: { idOrSlug: productId } }));
  return (
    <Loaded query={product} skeleton={<div className="skeleton h-96 w-full" />}>
      {(found) => (
        <>
          <h1 className="page-title">{said(found.titles)}</h1>
          <p className="notice mb-5">{text.intro}</p>
          <div className="flex flex-col gap-5">
            <Words product={found} />
            <Pictures product={found} />
            <Link to="/shop/changes" className="text-brand text-sm font-semibold">
              {text.all}
            </Link>
          </div>
        </>
      )}
    </Loaded>
  );
}

function Words({ product }: { readonly product: Page }) {
  const send = useCommand("POST /v1/products/{productId}/proposals", { forget: PRODUCT_READS });
  const propose = (form: FormData) => {
    const variants = product.variants.flatMap(({ id, values, gtin }) => {
      const typed = fieldOf(form, `gtin ${id}`) || null;
      return typed === gtin ? [] : [{ values, gtin: typed }];
    });
    const body = { ...wordsOf(form), ...(variants.length > 0 && { variants }) };
    send.mutate({ path: { productId: product.id }, body });
  };
  return (
    <Form onSend={propose} submit={text.send} command={send} beside={<Sent when={send.isSuccess} />}>
      <section className="panel form">
        <h2 className="text-lg font-bold">{text.words}</h2>
        <WordFields was={product} error={send.error} />
        {product.variants.map(({ id, label, gtin }) => (
          <TextField
            key={id}
            label={text.gtin(label)}
            name={`gtin ${id}`}
            defaultValue={gtin ?? ""}
            inputMode="numeric"
            maxLength={14}
            error={fieldError(send.error, "variants.0.gtin")}
          />
        ))}
      </section>
    </Form>
  );
}

const Sent = ({ when }: { readonly when: boolean }) => (
  <span role="status" className="text-good text-sm font-semibold">
    {when && text.sent}
  </span>
);

function Pictures({ product }: { readonly product: Page }) {
  const shop = useShop();
  const path = { productId: product.id };
  const add = useMutation({
    mutationFn: async (files: readonly File[]) => {
      for (const file of files)
        await upload("POST /v1/products/{productId}/proposals/pictures", { path }, file, shop);
    },
    onSettled: () => forgetReads(PRODUCT_READS),
  });
  return (
    <section className="panel">
      <h2 className="mb-2 text-lg font-bold">{text.pictures}</h2>
      <FileButton
        label={text.add}
        accept="image/jpeg,image/png,image/webp,image/gif"
        multiple
        disabled={add.isPending}
        onFiles={add.mutate}
      />
      <Sent when={add.isSuccess} />
      <Refusal error={add.error} />
    </section>
  );
}
