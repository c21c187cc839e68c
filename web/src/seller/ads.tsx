import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { pagesOf } from "../api/queries.ts";
import { money, texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Chips } from "../ui/chips.tsx";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { AdRehearsal } from "./ad-rehearsal.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Advertisements",
    fresh: "New campaign",
    state: "State",
    all: "All",
    active: "Running",
    paused: "Paused",
    ended: "Ended",
    blocked: "Taken out",
    none: "No campaign yet",
    noneText: "Pay to be seen beside what people search for; each click says what it cost and why.",
    daily: (amount: string) => `${amount} a day`,
    total: (amount: string) => `${amount} in all`,
    until: (at: string) => `until ${at}`,
    since: (at: string) => `from ${at}`,
  },
  id: {
    title: "Iklan",
    fresh: "Kampanye baru",
    state: "Status",
    all: "Semua",
    active: "Berjalan",
    paused: "Dijeda",
    ended: "Berakhir",
    blocked: "Dihentikan",
    none: "Belum ada kampanye",
    noneText: "Bayar agar terlihat di samping yang dicari orang; setiap klik menjelaskan biayanya.",
    daily: (amount: string) => `${amount} per hari`,
    total: (amount: string) => `${amount} seluruhnya`,
    until: (at: string) => `sampai ${at}`,
    since: (at: string) => `mulai ${at}`,
  },
});

export type Campaign = Answer<"GET /v1/ad-campaigns">["items"][number];
const STATES = ["active", "paused", "ended"] as const;
type State = (typeof STATES)[number];
const TONES: { readonly [S in State]: Tone } = { active: "good", paused: "plain", ended: "plain" };

type StateProps = { readonly campaign: Pick<Campaign, "state" | "blockedReason"> };

export const CampaignState = ({ campaign: { state, blockedReason } }: StateProps) =>
  blockedReason === null ? (
    <Tag tone={TONES[state]}>{text[state]}</Tag>
  ) : (
    <Tag tone="bad">{text.blocked}</Tag>
  );

/** What is spent at most, and when. */
export const sayTerms = ({ dailyBudget, totalBudget, startsAt, endsAt }: Campaign): string =>
  [
    dailyBudget && text.daily(money(dailyBudget)),
    totalBudget && text.total(money(totalBudget)),
    text.since(day(startsAt)),
    endsAt !== null && text.until(day(endsAt)),
  ]
    .filter(Boolean)
    .join(" · ");

/** The shop's campaigns, and how it would stand on a page now. */
export function AdsPage() {
  const [state, setState] = useState<State>();
  const query = { ...(state && { state }) };
  const campaigns = useInfiniteQuery(pagesOf("GET /v1/ad-campaigns", { query }, useShop()));
  return (
    <>
      <header className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="page-title mb-0!">{text.title}</h1>
        <Link to="/shop/ads/new" className="button button-primary">
          <Plus size={18} aria-hidden />
          {text.fresh}
        </Link>
      </header>
      <Chips
        label={text.state}
        options={[
          { value: undefined, name: text.all },
          ...STATES.map((value) => ({ value, name: text[value] })),
        ]}
        value={state}
        onChoose={setState}
      />
      <Paged
        query={campaigns}
        keyOf={({ id }) => id}
        empty={<Empty title={text.none} text={text.noneText} />}
      >
        {(campaign) => (
          <Link
            to="/shop/ads/$campaignId"
            params={{ campaignId: campaign.id }}
            className="panel hover:border-brand flex flex-wrap items-center justify-between gap-3 py-4!"
          >
            <span className="min-w-0">
              <span className="block truncate font-semibold">{campaign.name}</span>
              <span className="text-muted text-sm">{sayTerms(campaign)}</span>
            </span>
            <CampaignState campaign={campaign} />
          </Link>
        )}
      </Paged>
      <AdRehearsal />
    </>
  );
}
