import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed } from "lucide-react";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { said, texts } from "../shell/text.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { PapersPanel } from "./papers.tsx";
import { PayoutAccountPanel } from "./payout-account.tsx";
import { isOwner, useShop } from "./shop.ts";
import { sellerState, sellerTone } from "./states.ts";

const text = texts({
  en: {
    title: "Open the shop",
    applied: "We have your application. Go through what the market asks for, then hand the shop in.",
    onboarding: "Go through what the market asks for, then hand the shop in for review.",
    review: "We are looking at your shop. You hear from us by mail, usually within a day.",
    rejected: "We could not let the shop open.",
    active: "Your shop is open. You can sell.",
    needed: "What is asked of you",
    none: "This market asks for nothing more.",
    open: "Open",
    met: "Done",
    overridden: "Waived",
    optional: "optional",
    attest: "I confirm this",
    computed: "is done by itself once you have filled it in",
    verified: "we check it",
    submit: "Hand in for review",
    notYet: "Something that is asked for is still open.",
    again: "Ask for another look",
    ownersOnly: "Only the shop's owner can go on here.",
  },
  id: {
    title: "Buka toko",
    applied: "Pengajuan Anda sudah kami terima. Lengkapi yang diminta, lalu serahkan toko untuk ditinjau.",
    onboarding: "Lengkapi yang diminta, lalu serahkan toko untuk ditinjau.",
    review: "Toko Anda sedang kami tinjau. Kabarnya lewat email, biasanya dalam sehari.",
    rejected: "Toko belum dapat kami buka.",
    active: "Toko Anda sudah buka. Anda bisa berjualan.",
    needed: "Yang perlu dilengkapi",
    none: "Tidak ada lagi yang diminta.",
    open: "Belum",
    met: "Selesai",
    overridden: "Dibebaskan",
    optional: "opsional",
    attest: "Saya menyatakan ini benar",
    computed: "selesai sendiri begitu Anda mengisinya",
    verified: "kami yang memeriksa",
    submit: "Serahkan untuk ditinjau",
    notYet: "Masih ada yang belum dilengkapi.",
    again: "Minta ditinjau lagi",
    ownersOnly: "Hanya pemilik toko yang dapat melanjutkan.",
  },
});

type Asked = Answer<"GET /v1/sellers/{sellerId}/requirements">["items"][number];
const READS = ["GET /v1/sellers/mine", "GET /v1/sellers/{sellerId}/requirements"] as const;

/** From the application to the open shop: what is asked, the papers, and the verdict. */
export function OnboardingPage() {
  const shop = useShop();
  const { about } = shop;
  const state = about.state === "vacation" || about.state === "suspended" ? "active" : about.state;
  const asked = useQuery(
    queryOf("GET /v1/sellers/{sellerId}/requirements", { path: { sellerId: shop.seller } }, shop),
  );
  const isOpen = state === "applied" || state === "onboarding";
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center gap-3">
        <h1 className="page-title mb-0!">{text.title}</h1>
        <Tag tone={sellerTone[about.state]}>{sellerState[about.state]}</Tag>
      </header>
      <p className="notice mb-5" role="status">
        {state === "terminated" ? sellerState.terminated : text[state]}
        {about.reason !== null && state !== "active" && <em className="mt-1 block">“{about.reason}”</em>}
      </p>
      <Loaded query={asked}>
        {({ items, complete }) => (
          <div className="flex flex-col gap-5">
            <RequirementsPanel items={items} />
            <PapersPanel />
            {isOwner(shop) && <PayoutAccountPanel />}
            {isOpen && <Submit isComplete={complete} />}
            {state === "rejected" && <Reapply />}
          </div>
        )}
      </Loaded>
    </>
  );
}

function RequirementsPanel({ items }: { readonly items: readonly Asked[] }) {
  const { seller } = useShop();
  const attest = useCommand("POST /v1/sellers/{sellerId}/requirements/{code}/attest", { forget: READS });
  return (
    <section className="panel">
      <h2 className="mb-3 text-lg font-bold">{text.needed}</h2>
      {items.length === 0 && <p className="text-muted">{text.none}</p>}
      <ul className="divide-line divide-y">
        {items.map(({ code, kind, names, required, state }) => (
          <li key={code} className="flex flex-wrap items-center gap-3 py-3">
            {state === "open" ? (
              <CircleDashed size={20} className="text-muted shrink-0" aria-hidden />
            ) : (
              <CircleCheck size={20} className="text-good shrink-0" aria-hidden />
            )}
            <span className="min-w-0 flex-1">
              <span className="font-semibold">{said(names)}</span>
              <span className="text-muted block text-sm">
                {[!required && text.optional, kind !== "attested" && text[kind]].filter(Boolean).join(", ")}
              </span>
            </span>
            {kind === "attested" && state === "open" ? (
              <button
                type="button"
                className="button button-quiet button-small"
                disabled={attest.isPending}
                onClick={() => attest.mutate({ path: { sellerId: seller, code } })}
              >
                {text.attest}
              </button>
            ) : (
              <Tag tone={state === "open" ? "plain" : "good"}>{text[state]}</Tag>
            )}
          </li>
        ))}
      </ul>
      <Refusal error={attest.error} />
    </section>
  );
}

function Submit({ isComplete }: { readonly isComplete: boolean }) {
  const shop = useShop();
  const submit = useCommand("POST /v1/sellers/{sellerId}/submit", { forget: READS });
  if (!isOwner(shop)) return <p className="text-muted">{text.ownersOnly}</p>;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <button
        type="button"
        className="button button-primary"
        disabled={!isComplete || submit.isPending}
        onClick={() => submit.mutate({ path: { sellerId: shop.seller } })}
      >
        {text.submit}
      </button>
      {!isComplete && <span className="text-muted text-sm">{text.notYet}</span>}
      <Refusal error={submit.error} />
    </div>
  );
}

function Reapply() {
  const { seller } = useShop();
  const reapply = useCommand("POST /v1/sellers/{sellerId}/reapply", { forget: READS });
  return (
    <div>
      <button
        type="button"
        className="button button-primary"
        disabled={reapply.isPending}
        onClick={() => reapply.mutate({ path: { sellerId: seller } })}
      >
        {text.again}
      </button>
      <Refusal error={reapply.error} />
    </div>
  );
}
