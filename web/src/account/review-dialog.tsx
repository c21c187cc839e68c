import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call, upload } from "../api/client.ts";
import { type Intents, useIntents } from "../api/intent.ts";
import { queryClient } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, TextArea, TextField } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { FilesField, type SentFile } from "./files-field.tsx";
import { type Stars, StarsField } from "./stars.tsx";

const text = texts({
  en: {
    write: "Write a review",
    edit: "Change your review",
    product: "The product",
    seller: "The shop",
    courier: "The delivery",
    headline: "Headline",
    words: "What should others know?",
    photos: "Photos or a short video",
    anonymous: "Show it without my name",
    submit: "Publish",
    save: "Save",
  },
  id: {
    write: "Tulis ulasan",
    edit: "Ubah ulasan Anda",
    product: "Produknya",
    seller: "Tokonya",
    courier: "Pengirimannya",
    headline: "Judul",
    words: "Apa yang perlu diketahui orang lain?",
    photos: "Foto atau video pendek",
    anonymous: "Tampilkan tanpa nama saya",
    submit: "Terbitkan",
    save: "Simpan",
  },
});

type Props = {
  /** The line that is reviewed, or the review that is said differently. */
  readonly line?: Schemas["Right"] | undefined;
  readonly review?: Schemas["OwnReview"] | undefined;
  readonly onDone?: () => void;
  readonly onClose: () => void;
};

const TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4"];
const FILES_MAX = 6;
const TITLE_CHARS_MAX = 120;
const TEXT_CHARS_MAX = 4_000;

const starsOf = (given: number | null | undefined): Stars | undefined =>
  given ? (given as Stars) : undefined;

export function ReviewDialog({ line, review, onDone, onClose }: Props) {
  const once = useIntents();
  const [product, setProduct] = useState(starsOf(review?.stars.product));
  const [seller, setSeller] = useState(starsOf(review?.stars.seller));
  const [courier, setCourier] = useState(starsOf(review?.stars.courier));
  const [files, setFiles] = useState<readonly SentFile[]>(
    review?.media.map(({ key, contentType }) => ({ id: key, name: contentType })) ?? [],
  );
  const publish = useMutation({
    mutationFn: (form: FormData) => {
      if (!product) throw new Error("the stars are missing");
      const body: Schemas["Edit"] = {
        stars: { product, seller: seller ?? null, courier: courier ?? null },
        title: String(form.get("title") ?? ""),
        text: String(form.get("text") ?? ""),
        media: files.map(({ id }) => id),
        anonymous: form.get("anonymous") !== null,
      };
      return save(body, { line, review, once });
    },
    onSuccess: async () => {
      onDone?.();
      onClose();
      await queryClient.invalidateQueries({ queryKey: ["GET /v1/reviews/rights"] });
      await queryClient.invalidateQueries({ queryKey: ["GET /v1/reviews/mine"] });
    },
  });
  return (
    <Dialog title={review ? text.edit : text.write} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          publish.mutate(new FormData(event.currentTarget));
        }}
      >
        {line && <p className="text-muted -mt-2">{line.title}</p>}
        <StarsField label={text.product} value={product} onChange={setProduct} />
        <StarsField label={text.seller} value={seller} onChange={setSeller} />
        <StarsField label={text.courier} value={courier} onChange={setCourier} />
        <Words review={review} error={publish.error} />
        <FilesField
          label={text.photos}
          types={TYPES}
          max={FILES_MAX}
          files={files}
          onChange={setFiles}
          send={async (file) => (await upload("POST /v1/reviews/media", {}, file)).key}
        />
        <Refusal error={publish.error} />
        <button type="submit" className="button button-primary" disabled={!product || publish.isPending}>
          {review ? text.save : text.submit}
        </button>
      </form>
    </Dialog>
  );
}

type Saving = Pick<Props, "line" | "review"> & { readonly once: Intents };

function save(body: Schemas["Edit"], { line, review, once }: Saving) {
  if (review) {
    const { id: reviewId, version: ifMatch } = review;
    return call("PATCH /v1/reviews/{reviewId}", { path: { reviewId }, body }, { ifMatch });
  }
  const written = { ...body, lineId: line?.lineId ?? "" };
  return once(written, (key) => call("POST /v1/reviews", { body: written }, { key }));
}

const Words = ({ review, error }: Pick<Props, "review"> & { readonly error: unknown }) => (
  <>
    <TextField
      label={text.headline}
      name="title"
      maxLength={TITLE_CHARS_MAX}
      defaultValue={review?.title}
      error={fieldError(error, "body.title")}
    />
    <TextArea
      label={text.words}
      name="text"
      maxLength={TEXT_CHARS_MAX}
      defaultValue={review?.text}
      error={fieldError(error, "body.text")}
    />
    <label className="flex items-center gap-2 text-sm">
      <input type="checkbox" name="anonymous" defaultChecked={review ? review.author === null : false} />
      {text.anonymous}
    </label>
  </>
);
