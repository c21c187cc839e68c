import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call, download } from "../api/client.ts";
import { queryClient, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useStepUp } from "../session/step-up.tsx";
import { leftByChoice } from "../session/tokens.ts";
import { texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Dialog } from "../ui/dialog.tsx";
import { DocumentButton } from "../ui/document-button.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";

const text = texts({
  en: {
    title: "Your data",
    marketing: "Offers and news by e-mail",
    personalisation: "Recommendations made for you",
    analytics: "Help us to understand how the pages are used",
    agreed: (at: string) => `Chosen ${at}`,
    export: "Download your data",
    erase: "Erase the account",
    eraseTitle: "Erase your account?",
    eraseText:
      "Your profile, addresses and chats go for good. Orders and invoices stay as long as the law asks.",
    sure: "I understand that this cannot be undone.",
    eraseNow: "Erase for good",
    erased: "Your account is being erased. You are signed out now.",
    proof: "Proof of the erasure",
  },
  id: {
    title: "Data Anda",
    marketing: "Penawaran dan berita lewat email",
    personalisation: "Rekomendasi yang dibuat untuk Anda",
    analytics: "Bantu kami memahami pemakaian halaman",
    agreed: (at: string) => `Dipilih ${at}`,
    export: "Unduh data Anda",
    erase: "Hapus akun",
    eraseTitle: "Hapus akun Anda?",
    eraseText:
      "Profil, alamat, dan chat Anda hilang selamanya. Pesanan dan faktur disimpan selama hukum mewajibkan.",
    sure: "Saya mengerti bahwa ini tidak dapat dibatalkan.",
    eraseNow: "Hapus selamanya",
    erased: "Akun Anda sedang dihapus. Anda sekarang keluar.",
    proof: "Bukti penghapusan",
  },
});

const PURPOSES = ["marketing", "personalisation", "analytics"] as const;
/** The wording that is agreed to here; another wording has another date. */
const WORDING = "2026-11";
const CONSENTS_READ = 100;

export function Privacy() {
  const [isErasing, setErasing] = useState(false);
  const found = useQuery(queryOf("GET /v1/users/me/consents", { query: { limit: CONSENTS_READ } }));
  return (
    <section>
      <h2 className="section-title">{text.title}</h2>
      <Loaded query={found} skeleton={<div className="skeleton h-32" />}>
        {({ items }) => (
          <div className="panel divide-line divide-y py-1">
            {PURPOSES.map((purpose) => (
              <Choice
                key={purpose}
                purpose={purpose}
                last={items.find((consent) => consent.purpose === purpose)}
              />
            ))}
          </div>
        )}
      </Loaded>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <DocumentButton fileName="my-data.json" load={() => download("GET /v1/users/me/export", {})}>
          {text.export}
        </DocumentButton>
        <button type="button" className="button button-bad button-small" onClick={() => setErasing(true)}>
          {text.erase}
        </button>
      </div>
      {isErasing && <EraseDialog onClose={() => setErasing(false)} />}
    </section>
  );
}

type ChoiceProps = {
  readonly purpose: (typeof PURPOSES)[number];
  readonly last: Schemas["Consent"] | undefined;
};

/** Every choice is a new row of the ledger; the newest one holds. */
function Choice({ purpose, last }: ChoiceProps) {
  const choose = useMutation({
    mutationFn: (granted: boolean) =>
      call("POST /v1/users/me/consents", { body: { purpose, version: WORDING, granted } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["GET /v1/users/me/consents"] }),
  });
  return (
    <div className="py-3">
      <label className="flex items-center justify-between gap-4 text-sm">
        <span>
          <span className="font-semibold">{text[purpose]}</span>
          <span className="text-muted block min-h-[1lh]">{last && text.agreed(moment(last.at))}</span>
        </span>
        <input
          type="checkbox"
          className="size-5 shrink-0"
          checked={choose.isPending ? choose.variables : (last?.granted ?? false)}
          disabled={choose.isPending}
          onChange={({ target }) => choose.mutate(target.checked)}
        />
      </label>
      <Refusal error={choose.error} />
    </div>
  );
}

function EraseDialog({ onClose }: { readonly onClose: () => void }) {
  const stepUp = useStepUp();
  const [isSure, setSure] = useState(false);
  const erase = useMutation({
    mutationFn: () => stepUp(() => call("POST /v1/users/me/erasure", {})),
  });
  if (erase.data) {
    return (
      <Dialog title={text.erase} onClose={() => leftByChoice()}>
        <p role="status">{text.erased}</p>
        <a className="text-brand mt-3 inline-block font-semibold" href={erase.data.proofPath}>
          {text.proof}
        </a>
      </Dialog>
    );
  }
  return (
    <Dialog title={text.eraseTitle} onClose={onClose}>
      <div className="form">
        <p>{text.eraseText}</p>
        <label className="flex items-center gap-2 text-sm font-semibold">
          <input type="checkbox" checked={isSure} onChange={({ target }) => setSure(target.checked)} />
          {text.sure}
        </label>
        <Refusal error={erase.error} />
        <button
          type="button"
          className="button button-bad"
          disabled={!isSure || erase.isPending}
          onClick={() => erase.mutate()}
        >
          {text.eraseNow}
        </button>
      </div>
    </Dialog>
  );
}
