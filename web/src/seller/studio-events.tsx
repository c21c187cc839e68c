import { Tabs } from "radix-ui";
import { useState } from "react";
import type { Live } from "../live/room.ts";
import { currency } from "../shell/page.ts";
import { count, money, texts } from "../shell/text.ts";
import { TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { MoneyField, moneyOf } from "../ui/money-field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import type { Show } from "./show-states.ts";
import { type Direction, useStage } from "./stage.ts";
import { BagField } from "./studio-bag.tsx";

const text = texts({
  en: {
    title: "Deals, auctions and giveaways",
    deal: "Deal",
    auction: "Auction",
    giveaway: "Giveaway",
    poll: "Poll",
    price: "Deal price",
    units: "Units",
    perBuyer: "Units a buyer",
    seconds: "Lasts (seconds)",
    start: "Starting price",
    step: "Each bid at least more by",
    prize: "What one wins",
    winners: "Winners",
    question: "Question",
    choices: "Choices, parted by commas",
    open_deal: "Open the deal",
    open_auction: "Open the auction",
    open_giveaway: "Open the giveaway",
    open_poll: "Ask the room",
    running: "Running now",
    left: (n: string, of: string) => `${n} of ${of} left`,
    bids: (n: string) => `${n} bids`,
    entries: (n: string) => `${n} entries`,
    close: "Close",
    draw: "Draw now",
    won: (who: string) => `won by ${who}`,
  },
  id: {
    title: "Promo, lelang, dan hadiah",
    deal: "Promo",
    auction: "Lelang",
    giveaway: "Hadiah",
    poll: "Polling",
    price: "Harga promo",
    units: "Jumlah unit",
    perBuyer: "Unit per pembeli",
    seconds: "Berlangsung (detik)",
    start: "Harga awal",
    step: "Kelipatan tawaran",
    prize: "Hadiahnya",
    winners: "Jumlah pemenang",
    question: "Pertanyaan",
    choices: "Pilihan, dipisah koma",
    open_deal: "Buka promo",
    open_auction: "Buka lelang",
    open_giveaway: "Buka undian",
    open_poll: "Tanyakan",
    running: "Sedang berlangsung",
    left: (n: string, of: string) => `sisa ${n} dari ${of}`,
    bids: (n: string) => `${n} tawaran`,
    entries: (n: string) => `${n} peserta`,
    close: "Tutup",
    draw: "Undi sekarang",
    won: (who: string) => `dimenangkan ${who}`,
  },
});
const KINDS = ["deal", "auction", "giveaway", "poll"] as const;
type Kind = (typeof KINDS)[number];
type Props = { readonly show: Show; readonly live: Live | undefined };

/** What viewers can take part in: opened here, and what runs of it. */
export function StudioEvents({ show, live }: Props) {
  return (
    <section className="panel">
      <h2 className="mb-3 text-lg font-bold">{text.title}</h2>
      {live && <Running show={show} live={live} />}
      <Tabs.Root defaultValue="deal">
        <Tabs.List className="chips mb-4" aria-label={text.title}>
          {KINDS.map((kind) => (
            <Tabs.Trigger key={kind} value={kind} className="chip">
              {text[kind]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {KINDS.map((kind) => (
          <Tabs.Content key={kind} value={kind}>
            <OpenForm kind={kind} show={show} live={live} />
          </Tabs.Content>
        ))}
      </Tabs.Root>
    </section>
  );
}

function directionOf(kind: Kind, form: FormData): Direction {
  const number = (name: string) => Number(fieldOf(form, name));
  const amount = (name: string) => moneyOf(form.get(name)) ?? { minor: "0", currency };
  const [offerId, seconds] = [fieldOf(form, "offer"), number("seconds")];
  switch (kind) {
    case "deal": {
      const [units, perBuyer] = [number("units"), number("perBuyer")];
      return { t: "open_deal", offerId, price: amount("price"), units, perBuyer, seconds };
    }
    case "auction":
      return { t: "open_auction", offerId, start: amount("start"), step: amount("step"), seconds };
    case "giveaway":
      return { t: "open_giveaway", title: fieldOf(form, "prize"), winners: number("winners"), seconds };
    case "poll": {
      const choices = fieldOf(form, "choices")
        .split(",")
        .map((one) => one.trim())
        .filter(Boolean);
      return { t: "open_poll", question: fieldOf(form, "question"), choices, seconds };
    }
  }
}

/** How long each lasts where nobody says otherwise. */
const SECONDS: { readonly [K in Kind]: number } = { deal: 300, auction: 60, giveaway: 120, poll: 60 };

function OpenForm({ kind, show, live }: Props & { readonly kind: Kind }) {
  const [opened, setOpened] = useState(0);
  const stage = useStage(show, () => setOpened(opened + 1));
  return (
    <Form
      key={opened}
      onSend={(form) => stage.direct(directionOf(kind, form))}
      submit={text[`open_${kind}`]}
      command={stage}
    >
      {(kind === "deal" || kind === "auction") && <BagField live={live} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <KindFields kind={kind} />
        <TextField
          label={text.seconds}
          name="seconds"
          type="number"
          min={10}
          defaultValue={SECONDS[kind]}
          required
        />
      </div>
    </Form>
  );
}

function KindFields({ kind }: { readonly kind: Kind }) {
  const numbered = (name: "units" | "perBuyer" | "winners") => (
    <TextField label={text[name]} name={name} type="number" min={1} defaultValue={1} required />
  );
  switch (kind) {
    case "deal":
      return (
        <>
          <MoneyField label={text.price} name="price" required />
          {numbered("units")}
          {numbered("perBuyer")}
        </>
      );
    case "auction":
      return (
        <>
          <MoneyField label={text.start} name="start" required />
          <MoneyField label={text.step} name="step" required />
        </>
      );
    case "giveaway":
      return (
        <>
          <TextField label={text.prize} name="prize" maxLength={120} required />
          {numbered("winners")}
        </>
      );
    case "poll":
      return (
        <>
          <TextField label={text.question} name="question" maxLength={200} required />
          <TextField label={text.choices} name="choices" required />
        </>
      );
  }
}

type RunningProps = { readonly show: Show; readonly live: Live };
const amount = (minor: string | bigint): string => money({ minor: minor.toString(), currency });

/** What runs in the room, each in a line, with what ends it. */
const rowsOf = (live: Live): readonly Row[] => [
  ...live.deals
    .filter(({ state }) => state === "open")
    .map(({ id, title, priceMinor, left, units }) => ({
      key: `deal${id}`,
      title: `${text.deal}: ${title}`,
      about: `${amount(priceMinor)}, ${text.left(count(left), count(units))}`,
      act: { name: text.close, direction: { t: "close_deal" as const, dealId: id } },
    })),
  ...live.auctions.map(({ id, title, priceMinor, bids, leader }) => ({
    key: `auction${id}`,
    title: `${text.auction}: ${title}`,
    about: [amount(priceMinor), text.bids(count(bids)), leader?.name].filter(Boolean).join(", "),
  })),
  ...live.giveaways.map(({ id, title, entries, state, drawn }) => ({
    key: `giveaway${id}`,
    title: `${text.giveaway}: ${title}`,
    about: state === "open" ? text.entries(count(entries)) : text.won(drawn.join(", ")),
    ...(state === "open" && {
      act: { name: text.draw, direction: { t: "draw" as const, giveawayId: id } },
    }),
  })),
  ...live.polls
    .filter(({ isClosed }) => !isClosed)
    .map(({ id, question, choices, counts }) => ({
      key: `poll${id}`,
      title: `${text.poll}: ${question}`,
      about: choices.map((choice, at) => `${choice} ${count(counts[at] ?? 0)}`).join(", "),
      act: { name: text.close, direction: { t: "close_poll" as const, pollId: id } },
    })),
];

function Running({ show, live }: RunningProps) {
  const stage = useStage(show);
  const rows = rowsOf(live);
  if (rows.length === 0) return null;
  return (
    <div className="mb-5" role="status">
      <h3 className="font-bold">{text.running}</h3>
      <ul className="divide-line divide-y">
        {rows.map(({ key, title, about, act }) => (
          <li key={key} className="flex flex-wrap items-center gap-3 py-2.5">
            <span className="min-w-0 flex-1 basis-40">
              <strong className="block">{title}</strong>
              <span className="text-muted text-sm tabular-nums">{about}</span>
            </span>
            {act && (
              <button
                type="button"
                className="button button-quiet button-small"
                aria-label={`${act.name}: ${title}`}
                disabled={stage.isPending}
                onClick={() => stage.direct(act.direction)}
              >
                {act.name}
              </button>
            )}
          </li>
        ))}
      </ul>
      <Refusal error={stage.error} />
    </div>
  );
}

type Row = {
  readonly key: string;
  readonly title: string;
  readonly about: string;
  readonly act?: { readonly name: string; readonly direction: Direction };
};
