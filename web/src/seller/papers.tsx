import { useMutation, useQuery } from "@tanstack/react-query";
import { FileText, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Answer, download, upload } from "../api/client.ts";
import { forgetReads, queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { SelectField } from "../ui/field.tsx";
import { FileButton } from "../ui/file-button.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { saveFile } from "../ui/save-file.ts";
import { useCommand } from "./command.ts";
import { paperKinds } from "./paper-kinds.ts";
import { isOwner, useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Papers",
    intro: "PDF, JPEG or PNG. Only the shop's owners and our reviewers can open them.",
    none: "Nothing handed in yet.",
    kind: "What is it?",
    add: "Choose a file",
    open: "Download",
    remove: "Take back",
  },
  id: {
    title: "Dokumen",
    intro: "PDF, JPEG, atau PNG. Hanya pemilik toko dan peninjau kami yang dapat membukanya.",
    none: "Belum ada yang diserahkan.",
    kind: "Jenis dokumen",
    add: "Pilih berkas",
    open: "Unduh",
    remove: "Tarik kembali",
  },
});

type Paper = Answer<"GET /v1/sellers/{sellerId}/documents">["items"][number];
const KINDS = ["identity", "business", "tax", "bank", "other"] as const;
const ACCEPTED = "application/pdf,image/jpeg,image/png";
const READS = ["GET /v1/sellers/{sellerId}/documents", "GET /v1/sellers/{sellerId}/requirements"] as const;

/** Papers that prove who the shop is. */
export function PapersPanel() {
  const shop = useShop();
  const [kind, setKind] = useState<Paper["kind"]>("identity");
  const path = { sellerId: shop.seller };
  const papers = useQuery({
    ...queryOf("GET /v1/sellers/{sellerId}/documents", { path }, shop),
    enabled: isOwner(shop),
  });
  const add = useMutation({
    mutationFn: ([file]: readonly File[]) =>
      upload("POST /v1/sellers/{sellerId}/documents", { path, query: { kind } }, file ?? new Blob(), shop),
    onSuccess: () => forgetReads(READS),
  });
  if (!isOwner(shop)) return null;
  return (
    <section className="panel">
      <h2 className="text-lg font-bold">{text.title}</h2>
      <p className="text-muted mb-3 text-sm">{text.intro}</p>
      <Loaded query={papers}>
        {({ items }) => (
          <>
            {items.length === 0 && <p className="text-muted mb-3">{text.none}</p>}
            <ul className="divide-line mb-3 divide-y">
              {items.map((paper) => (
                <PaperRow key={paper.id} paper={paper} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      <div className="flex flex-wrap items-end gap-3">
        <SelectField
          label={text.kind}
          value={kind}
          onChange={({ target }) => setKind(target.value as Paper["kind"])}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {paperKinds[one]}
            </option>
          ))}
        </SelectField>
        <FileButton label={text.add} accept={ACCEPTED} disabled={add.isPending} onFiles={add.mutate} />
      </div>
      <div className="mt-3">
        <Refusal error={add.error} />
      </div>
    </section>
  );
}

function PaperRow({ paper }: { readonly paper: Paper }) {
  const shop = useShop();
  const path = { sellerId: shop.seller, documentId: paper.id };
  const remove = useCommand("DELETE /v1/sellers/{sellerId}/documents/{documentId}", { forget: READS });
  const open = useMutation({
    mutationFn: () => download("GET /v1/sellers/{sellerId}/documents/{documentId}", { path }, shop),
    onSuccess: (bytes) => saveFile(bytes, `${paper.kind}.${bytes.type.split("/")[1] ?? "bin"}`),
  });
  return (
    <li className="flex flex-wrap items-center gap-3 py-2.5">
      <FileText size={20} className="text-muted shrink-0" aria-hidden />
      <span className="min-w-0 flex-1">
        <span className="font-semibold">{paperKinds[paper.kind]}</span>
        <span className="text-muted block text-sm">{day(paper.createdAt)}</span>
      </span>
      <button type="button" className="button button-quiet button-small" onClick={() => open.mutate()}>
        {text.open}
      </button>
      <button
        type="button"
        className="button button-small text-muted px-2.5"
        aria-label={`${text.remove}: ${paperKinds[paper.kind]}`}
        disabled={remove.isPending}
        onClick={() => remove.mutate({ path })}
      >
        <Trash2 size={18} aria-hidden />
      </button>
      <Refusal error={remove.error ?? open.error} />
    </li>
  );
}
