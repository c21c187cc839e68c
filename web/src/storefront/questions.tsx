import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { PRODUCT_TEXTS } from "#platform/storefront/pages/product-texts";
import { call } from "../api/client.ts";
import { useIntents } from "../api/intent.ts";
import { pagesOf, queryClient } from "../api/queries.ts";
import { useIsSignedIn } from "../session/session.ts";
import { signInHref } from "../session/sign-in-href.ts";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { fieldError, TextArea } from "../ui/field.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";

const text = texts({
  en: {
    ...PRODUCT_TEXTS.en,
    ask: "Ask about this product",
    send: "Send the question",
    sent: "Thank you. It shows here as soon as it has been looked at.",
    signIn: "Sign in to ask",
  },
  id: {
    ...PRODUCT_TEXTS.id,
    ask: "Tanya tentang produk ini",
    send: "Kirim pertanyaan",
    sent: "Terima kasih. Pertanyaan Anda tampil di sini setelah diperiksa.",
    signIn: "Masuk untuk bertanya",
  },
});
const PAGE = 5;

export function Questions({ productId }: { readonly productId: string }) {
  const isSignedIn = useIsSignedIn();
  const questions = useInfiniteQuery(pagesOf("GET /v1/questions", { query: { productId, limit: PAGE } }));
  return (
    <section className="product-part" aria-labelledby="questions">
      <h2 className="section-title" id="questions">
        {text.questions}
      </h2>
      <Paged
        query={questions}
        keyOf={({ id }) => id}
        empty={<p className="text-muted">{text.noQuestions}</p>}
      >
        {({ text: asked, answers, createdAt }) => (
          <article className="panel">
            <h3 className="font-semibold">{asked}</h3>
            <p className="text-muted text-xs">{day(createdAt)}</p>
            {answers.map(({ id, text: answer }) => (
              <p key={id} className="border-brand mt-2 border-l-2 pl-3 whitespace-pre-line">
                {answer}
              </p>
            ))}
          </article>
        )}
      </Paged>
      {isSignedIn ? (
        <Ask productId={productId} />
      ) : (
        <a className="text-brand mt-3 inline-block font-semibold" href={signInHref()}>
          {text.signIn}
        </a>
      )}
    </section>
  );
}

function Ask({ productId }: { readonly productId: string }) {
  const [words, setWords] = useState("");
  const once = useIntents();
  const ask = useMutation({
    mutationFn: () => {
      const body = { productId, text: words.trim() };
      return once(body, (key) => call("POST /v1/questions", { body }, { key }));
    },
    onSuccess: () => {
      setWords("");
      return queryClient.invalidateQueries({ queryKey: ["GET /v1/questions"] });
    },
  });
  return (
    <form
      className="form mt-4 max-w-xl"
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate();
      }}
    >
      <TextArea
        label={text.ask}
        required
        value={words}
        error={fieldError(ask.error, "body.text")}
        onChange={({ target }) => setWords(target.value)}
      />
      <button type="submit" className="button button-quiet self-start" disabled={ask.isPending}>
        {text.send}
      </button>
      {ask.isSuccess && (
        <p className="text-good text-sm" role="status">
          {text.sent}
        </p>
      )}
      <Refusal error={ask.error} />
    </form>
  );
}
