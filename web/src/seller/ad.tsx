import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Tabs } from "radix-ui";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { Form } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { AdClicks } from "./ad-clicks.tsx";
import { AdGroups } from "./ad-groups.tsx";
import { adMoney } from "./ad-money.ts";
import { AdReport } from "./ad-report.tsx";
import { AdTermsFields, termsOf } from "./ad-terms.tsx";
import { CampaignState, sayTerms } from "./ads.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    back: "Advertisements",
    today: "Spent today",
    inAll: "Spent in all",
    pause: "Pause",
    resume: "Let it run",
    end: "End for good",
    blocked: (why: string) => `Taken out by the platform: ${why}`,
    parts: "Parts of the campaign",
    report: "Report",
    groups: "Products and words",
    clicks: "Clicks",
    terms: "Budget and times",
    save: "Save",
    saved: "Saved.",
  },
  id: {
    back: "Iklan",
    today: "Terpakai hari ini",
    inAll: "Terpakai seluruhnya",
    pause: "Jeda",
    resume: "Jalankan",
    end: "Akhiri permanen",
    blocked: (why: string) => `Dihentikan platform: ${why}`,
    parts: "Bagian kampanye",
    report: "Laporan",
    groups: "Produk dan kata kunci",
    clicks: "Klik",
    terms: "Anggaran dan waktu",
    save: "Simpan",
    saved: "Tersimpan.",
  },
});

type Detail = Schemas["CampaignDetail"];
const READ = "GET /v1/ad-campaigns/{campaignId}";
const READS = ["GET /v1/ad-campaigns", READ] as const;
const PARTS = ["report", "groups", "clicks", "terms"] as const;
const route = getRouteApi("/shop/ads/$campaignId");

/** A campaign: how it does, what it shows, what each click cost, and how it goes on. */
export function AdPage() {
  const { campaignId } = route.useParams();
  const campaign = useQuery(queryOf(READ, { path: { campaignId } }, useShop()));
  return (
    <>
      <Link to="/shop/ads" className="text-brand text-sm font-semibold">
        {text.back}
      </Link>
      <Loaded query={campaign}>{(found) => <Shown campaign={found} />}</Loaded>
    </>
  );
}

function Shown({ campaign }: { readonly campaign: Detail }) {
  useTitle(campaign.name);
  return (
    <div className="mt-2 flex flex-col gap-5">
      <Head campaign={campaign} />
      <Tabs.Root defaultValue="report">
        <Tabs.List className="chips mb-4" aria-label={text.parts}>
          {PARTS.map((part) => (
            <Tabs.Trigger key={part} value={part} className="chip">
              {text[part]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="report">
          <AdReport campaignId={campaign.id} />
        </Tabs.Content>
        <Tabs.Content value="groups">
          <AdGroups campaignId={campaign.id} mayChange={campaign.state !== "ended"} />
        </Tabs.Content>
        <Tabs.Content value="clicks">
          <AdClicks campaignId={campaign.id} />
        </Tabs.Content>
        <Tabs.Content value="terms">
          <Terms campaign={campaign} />
        </Tabs.Content>
      </Tabs.Root>
    </div>
  );
}

function Head({ campaign }: { readonly campaign: Detail }) {
  const path = { campaignId: campaign.id };
  const about = { forget: READS };
  const pause = useCommand("POST /v1/ad-campaigns/{campaignId}/pause", about);
  const resume = useCommand("POST /v1/ad-campaigns/{campaignId}/resume", about);
  const end = useCommand("POST /v1/ad-campaigns/{campaignId}/end", about);
  const { state, spending, blockedReason } = campaign;
  const move = state === "active" ? pause : resume;
  return (
    <section className="panel flex flex-col gap-4">
      <header>
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="text-2xl font-extrabold tracking-tight break-words">{campaign.name}</h1>
          <CampaignState campaign={campaign} />
        </div>
        <p className="text-muted mt-1 text-sm">{sayTerms(campaign)}</p>
      </header>
      {blockedReason !== null && <p className="notice notice-bad">{text.blocked(blockedReason)}</p>}
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        <Spent name={text.today} minor={spending.todayMinor} />
        <Spent name={text.inAll} minor={spending.totalMinor} />
      </dl>
      {state !== "ended" && (
        <div className="flex flex-wrap gap-3">
          <button
            type="button"
            className="button button-quiet button-small"
            disabled={move.isPending}
            onClick={() => move.mutate({ path })}
          >
            {state === "active" ? text.pause : text.resume}
          </button>
          <button
            type="button"
            className="button button-bad button-small"
            disabled={end.isPending}
            onClick={() => end.mutate({ path })}
          >
            {text.end}
          </button>
        </div>
      )}
      <Refusal error={move.error ?? end.error} />
    </section>
  );
}

const Spent = ({ name, minor }: { readonly name: string; readonly minor: string }) => (
  <div>
    <dt className="text-muted text-sm">{name}</dt>
    <dd className="text-xl font-extrabold tabular-nums">{adMoney(minor)}</dd>
  </div>
);

function Terms({ campaign }: { readonly campaign: Detail }) {
  const save = useCommand("PATCH /v1/ad-campaigns/{campaignId}", { forget: READS });
  const path = { campaignId: campaign.id };
  return (
    <Form
      className="panel max-w-2xl"
      onSend={(form) => save.mutate({ path, body: termsOf(form), ifMatch: campaign.version })}
      submit={text.save}
      command={save}
      beside={
        <span role="status" className="text-muted text-sm">
          {save.isSuccess && text.saved}
        </span>
      }
    >
      <AdTermsFields was={campaign} error={save.error} />
    </Form>
  );
}
