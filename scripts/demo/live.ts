import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { hashOf } from "#objects/live-log";
import type { LiveEvent } from "#services/communication/livestream/domain/event";
import { verifyDraw } from "#services/communication/livestream/domain/giveaway";
import { SHOPS } from "../../drizzle/seed/catalogue/index.ts";
import { FFMPEG_MISSING, findFfmpeg } from "../../local/stream/ffmpeg.ts";
import type { Client } from "../client.ts";
import { signIn } from "../seed/market.ts";
import { ownerOf } from "../seed/people.ts";
import { openCamera, readPlaylist, shown, type Viewer, watch } from "./audience.ts";
import type { Stage } from "./platform.ts";
import { check, eventually, type Story } from "./steps.ts";

const MARKET = "id";
const UNITS = 3;
const AUCTION_SECONDS = 14;
const PAY_SECONDS = 20;
const REMOVED = 4403;
const ADDRESS = {
  ...{ recipient: "Sari Utami", phone: "+6281234567890", country: "ID", region: "DKI Jakarta" },
  ...{ city: "Jakarta Selatan", district: "Kebayoran Baru", postalCode: "12190", line1: "Jalan Senopati 17" },
};

type Money = { readonly minor: string; readonly currency: string };
type Show = { readonly id: string; readonly state: string; readonly rsvps: number };
type Offer = { readonly id: string; readonly price: Money; readonly state: string };
type Playback = { readonly hlsUrl: string };
type Replay = Playback & {
  readonly durationMs: number;
  readonly chapters: readonly { readonly atMs: number; readonly title: string; readonly offerId: string }[];
};
type Award = { readonly saleId: string; readonly holdId: string; readonly price: Money };
type Logged = {
  readonly seq: number;
  readonly t: string;
  readonly programDateTime: string;
  readonly replayAtMs: number | null;
  readonly change: Record<string, unknown>;
  readonly hash: string;
};

/** Who and what the show is made of, and what the steps hand on. */
type Scene = {
  readonly stage: Stage;
  readonly ffmpeg: string;
  readonly host: Client;
  readonly moderator: Client;
  readonly buyers: readonly Client[];
  readonly path: string;
  readonly id: string;
  readonly offers: readonly Offer[];
  camera: ChildProcess;
};

const money = (minor: bigint): Money => ({ minor: minor.toString(), currency: "IDR" });
/** A price that can be paid: whole rupiah. */
const share = ({ minor }: Money, percent: bigint) => ((BigInt(minor) * percent) / 10_000n) * 100n;

/** The story of one show: from the schedule to the replay, with everything that can go wrong in between. */
export async function tellLive(story: Story, stage: Stage): Promise<void> {
  const ffmpeg = findFfmpeg(process.env);
  if (ffmpeg === undefined) throw new Error(FFMPEG_MISSING);
  const set = await story.step("a shop schedules a show, and a buyer asks to be told of it", () =>
    prepare(stage, ffmpeg),
  );
  const viewers: Viewer[] = [];
  try {
    await story.step("a camera publishes, and the show is live by Stream's notice", () =>
      goLive(set, "live"),
    );
    await story.step("a viewer's playlist advances", () => seePicture(set));
    await story.step("viewers enter, and chat and hearts reach all of them", () => talk(set, viewers));
    await story.step("a product is pinned for everybody", () => pin(set, viewers));
    await story.step(`a live deal of ${UNITS} sells out exactly`, () => deal(set, viewers));
    await story.step("a giveaway is drawn, and its draw checked", () => giveaway(set, viewers));
    const auctionId = await story.step("an auction is extended by a late bid and closes", () =>
      auction(set, viewers),
    );
    await story.step("the camera drops, and comes back within its grace", () => dropAndReturn(set));
    await story.step("a moderator removes a viewer, who does not come back", () =>
      removeViewer(set, viewers),
    );
    await story.step("the winner does not pay and is passed over; the next one pays", () =>
      passOver(set, viewers, auctionId),
    );
    await story.step("the host ends the show", () => end(set));
    await story.step("the recording is a replay with chapters", () => seeReplay(set));
    await story.step("the log of the show is whole, and each price at its instant of the picture", () =>
      prove(set),
    );
  } finally {
    for (const { room } of viewers) room.close();
    set.camera.kill("SIGKILL");
  }
}

const act = (client: Client, { path }: Pick<Scene, "path">, body: object) =>
  client.post<{ readonly seq: number }>(`${path}/stage`, body, { key: crypto.randomUUID() });

async function prepare(stage: Stage, ffmpeg: string): Promise<Scene> {
  const at = { url: stage.url, market: MARKET };
  const [first, second, ...others] = SHOPS;
  if (!first || !second) throw new Error("the demo markets have shops");
  const people = [
    { email: "sari@titan.example" },
    { email: "joko@titan.example" },
    ...others.slice(0, 4).map(ownerOf),
  ];
  const [{ client: host }, { client: moderator }, ...signed] = (await Promise.all(
    [ownerOf(first), ownerOf(second), ...people].map((person) => signIn(at, person)),
  )) as [Signed, Signed, ...Signed[]];
  const buyers = signed.map(({ client }) => client);
  const startsAt = new Date(Date.now() + 60_000).toISOString();
  const { id } = await host.post<Show>(
    "/v1/livestreams",
    { title: "Malam belanja", startsAt },
    { key: crypto.randomUUID() },
  );
  const path = `/v1/livestreams/${id}`;
  const [fan] = buyers;
  await fan?.post(`${path}/rsvp`);
  const show = await host.get<Show>(path);
  check(show.state === "scheduled" && show.rsvps === 1, `the show is ${show.state} with ${show.rsvps} RSVPs`);
  const me = await moderator.get<{ readonly userId: string }>("/v1/users/me");
  await host.put(`${path}/crew/${me.userId}`, { role: "moderator" });
  const listed = await host.get<{ readonly items: readonly Offer[] }>("/v1/offers");
  const offers = listed.items.filter(({ state }) => state === "active").slice(0, 3);
  check(offers.length === 3, "the shop has offers to show");
  const input = await host.post<{ rtmpUrl: string; streamKey: string }>(`${path}/input`);
  const camera = openCamera(ffmpeg, input);
  return { stage, ffmpeg, host, moderator, buyers, path, id, offers, camera };
}
type Signed = Awaited<ReturnType<typeof signIn>>;

const goLive = ({ host, path }: Scene, wanted: string): Promise<true> =>
  eventually(`the show to be ${wanted}`, async () =>
    (await host.get<Show>(path)).state === wanted ? true : undefined,
  );

async function seePicture({ buyers: [viewer], path }: Scene): Promise<void> {
  const { hlsUrl } = (await viewer?.get<Playback>(`${path}/playback`)) ?? { hlsUrl: "" };
  const first = await eventually("the first segments", () => readPlaylist(hlsUrl));
  await eventually("a newer segment", async () => {
    const next = await readPlaylist(hlsUrl);
    return next && next.last > first.last ? next : undefined;
  });
  check(Math.abs(Date.now() - first.at) < 60_000, "the picture does not show the clock of now");
}

async function talk({ buyers, id, host }: Scene, viewers: Viewer[]): Promise<void> {
  const names = ["Sari", "Joko", "Rina", "Bayu", "Tari", "Gilang"];
  const entered = buyers.map((client, i) => watch(client, id, names[i] ?? "Viewer"));
  viewers.push(...(await Promise.all(entered)), await watch(host, id, "Host"));
  const said = viewers.map(({ room }, i) => room.change({ t: "say", text: `Halo dari ${i}` }));
  const seqs = (await Promise.all(said)).map(({ seq }) => seq);
  check(new Set(seqs).size === viewers.length, "two messages have one place");
  for (const { room } of viewers) room.pass({ t: "heart", count: 5 });
  await eventually("everybody to see everything", async () => {
    const sees = ({ events, hearts, viewers: count }: Viewer) =>
      seqs.every((seq) => events.has(seq)) && hearts === 5 * viewers.length && count === viewers.length;
    return viewers.every(sees) || undefined;
  });
}

async function pin(set: Scene, viewers: readonly Viewer[]): Promise<void> {
  const { host, offers } = set;
  await act(host, set, { t: "bag", offerIds: offers.map(({ id }) => id) });
  const [pinned] = offers;
  await act(host, set, { t: "pin", offerId: pinned?.id });
  const isPinned = (event: { readonly t: string }) =>
    event.t === "pinned" && (event as { readonly offerId?: string }).offerId === pinned?.id;
  await Promise.all(viewers.map((viewer) => shown(viewer, "the pin", isPinned)));
}

async function deal(set: Scene, viewers: readonly Viewer[]): Promise<void> {
  const { host, buyers, offers } = set;
  const [, offer] = offers;
  if (!offer) throw new Error("the shop has offers");
  const terms = { offerId: offer.id, price: money(share(offer.price, 70n)), units: UNITS, perBuyer: 1 };
  await act(host, set, { t: "open_deal", ...terms, seconds: 60 });
  const [witness] = viewers;
  if (!witness) throw new Error("somebody watches");
  const opened = await shown(witness, "the deal", ({ t }) => t === "deal_opened");
  const claims = await Promise.allSettled(
    buyers.map((buyer) =>
      buyer.post(`/v1/flash-sales/${opened.saleId}/claims`, { quantity: 1 }, { key: crypto.randomUUID() }),
    ),
  );
  const got = claims.filter(({ status }) => status === "fulfilled").length;
  check(got === UNITS, `${got} of ${buyers.length} got a unit, ${UNITS} were there`);
  await shown(witness, "nothing left", (event) => event.t === "deal_stock" && event.left === 0);
  await act(host, set, { t: "close_deal", dealId: opened.seq });
}

async function giveaway(set: Scene, viewers: readonly Viewer[]): Promise<void> {
  const { seq: giveawayId } = await act(set.host, set, {
    t: "open_giveaway",
    title: "Cangkir",
    winners: 2,
    seconds: 60,
  });
  const [witness] = viewers;
  if (!witness) throw new Error("somebody watches");
  const opened = await shown(witness, "the giveaway", ({ seq }) => seq === giveawayId);
  check(!("seed" in opened), "the seed is public before the draw");
  await Promise.all(viewers.map(({ room }) => room.change({ t: "enter", giveawayId })));
  await act(set.host, set, { t: "draw", giveawayId });
  const drawn = await shown(witness, "the draw", ({ t }) => t === "giveaway_drawn");
  const {
    seed,
    entries,
    drawn: winners,
  } = drawn as unknown as { seed: string; entries: string[]; drawn: string[] };
  check(
    viewers.every(({ you }) => entries.includes(you)),
    "somebody's entry is missing",
  );
  const proof = {
    id: giveawayId,
    seed,
    entries,
    winners: 2,
    drawn: winners,
    commitment: String(opened.commitment),
  };
  check(verifyDraw(proof), "the draw does not follow from what was published");
  check(!verifyDraw({ ...proof, drawn: winners.toReversed() }), "winners in another order are accepted");
}

/** Three bid; the last bid comes in the last moments. Sari wins at a step above Joko's limit. */
async function auction(set: Scene, viewers: readonly Viewer[]): Promise<number> {
  const [sari, joko, rina] = viewers;
  const offer = set.offers[2];
  if (!sari || !joko || !rina || !offer) throw new Error("three bid for an offer");
  const [start, step] = [share(offer.price, 50n), share(offer.price, 5n)];
  const terms = { offerId: offer.id, start: money(start), step: money(step), seconds: AUCTION_SECONDS };
  const { seq: auctionId } = await act(set.host, set, {
    t: "open_auction",
    ...terms,
    paySeconds: PAY_SECONDS,
  });
  const opened = await shown(sari, "the auction", ({ seq }) => seq === auctionId);
  const { endsAt } = opened.auction as { readonly endsAt: number };
  const bid = ({ room }: Viewer, maxMinor: bigint) =>
    room.change({ t: "bid", auctionId, maxMinor: maxMinor.toString(), seenAt: Date.now() });
  await bid(rina, start);
  await bid(joko, start + 4n * step);
  await sleep(Math.max(0, endsAt - Date.now() - 3_000));
  await bid(sari, start + 20n * step);
  const late = await shown(joko, "the late bid", (event) => event.t === "bid" && endOf(event) > endsAt);
  check(endOf(late) - Number(late.at) === 10_000, "the late bid did not set the clock to ten seconds");
  const closed = await shown(rina, "the close", ({ t }) => t === "auction_closed");
  const { award } = closed.auction as {
    readonly award: { readonly who: string; readonly priceMinor: string };
  };
  check(award.who === sari.you, "the highest limit did not win");
  check(award.priceMinor === (start + 5n * step).toString(), `the price is ${award.priceMinor}`);
  return auctionId;
}

const endOf = ({ auction }: { readonly [field: string]: unknown }) =>
  (auction as { readonly endsAt: number } | undefined)?.endsAt ?? 0;

async function dropAndReturn(set: Scene): Promise<void> {
  set.camera.kill("SIGKILL");
  await goLive(set, "interrupted");
  const input = await set.host.post<{ rtmpUrl: string; streamKey: string }>(`${set.path}/input`);
  set.camera = openCamera(set.ffmpeg, input);
  await goLive(set, "live");
}

async function removeViewer(set: Scene, viewers: readonly Viewer[]): Promise<void> {
  const troll = viewers[5];
  if (!troll) throw new Error("six watch");
  const { seq: messageSeq } = await troll.room.change({ t: "say", text: "Beli di tempat lain!" });
  await act(set.moderator, set, { t: "remove_message", messageSeq });
  await act(set.moderator, set, { t: "remove", messageSeq });
  await eventually("the viewer to be put out", async () => troll.closedWith === REMOVED || undefined);
  const again = await watch(troll.client, set.id, "Gilang").catch((error: unknown) => String(error));
  check(typeof again === "string" && again.includes(String(REMOVED)), "the viewer came back");
  const isRefused = await act(set.moderator, set, { t: "pin", offerId: null }).then(
    () => false,
    () => true,
  );
  check(isRefused, "a moderator may run the show");
}

async function passOver(set: Scene, viewers: readonly Viewer[], auctionId: number): Promise<void> {
  const joko = viewers[1];
  if (!joko) throw new Error("Joko watches");
  await shown(joko, "that the winner is passed over", (event) => event.t === "auction_passed");
  const award = await eventually("Joko's award", async () => {
    const { items } = await joko.client.get<{ readonly items: readonly Award[] }>("/v1/livestreams/awards");
    return items[0];
  });
  const { saleId, holdId } = award;
  const start = {
    saleHold: { saleId, holdId },
    email: "joko@titan.example",
    address: ADDRESS,
    paymentMethod: "qris",
  };
  const checkout = await joko.client.post<{ readonly id: string }>("/v1/checkouts", start);
  const done = await joko.client.post<{ readonly payment: { readonly id: string } }>(
    `/v1/checkouts/${checkout.id}/complete`,
    {},
    { key: `demo-${checkout.id}` },
  );
  const paid = await fetch(`${set.stage.midtransUrl}/sandbox/transactions/${MARKET}-${done.payment.id}/pay`, {
    method: "POST",
  });
  check(paid.ok, `the payment answered ${paid.status}`);
  const settled = await shown(joko, "the payment in the room", (event) => event.t === "auction_paid");
  const { passed, id } = settled.auction as { readonly passed: readonly string[]; readonly id: number };
  check(id === auctionId && passed.length === 1, "somebody else was passed over");
}

async function end(set: Scene): Promise<void> {
  const { state } = await set.host.post<Show>(`${set.path}/end`);
  check(state === "ended", `the show is ${state}`);
  set.camera.kill("SIGKILL");
}

async function seeReplay({ host, path, offers }: Scene): Promise<void> {
  await eventually("the replay", async () =>
    (await host.get<Show>(path)).state === "replay" ? true : undefined,
  );
  const replay = await host.get<Replay>(`${path}/replay`);
  check(replay.durationMs > 20_000, `the replay lasts ${replay.durationMs} ms`);
  const [chapter] = replay.chapters;
  check(chapter?.offerId === offers[0]?.id, "the pinned product has no chapter");
  check(
    chapter !== undefined && chapter.atMs > 0 && chapter.atMs < replay.durationMs,
    "the chapter is outside",
  );
  const playlist = await eventually("the replay's playlist", () => readPlaylist(replay.hlsUrl));
  check(playlist.isEnded, "the replay's playlist has no end");
}

async function prove({ host, path }: Scene): Promise<void> {
  let before = "0".repeat(64);
  let since = 0;
  let bids = 0;
  for (;;) {
    const { items } = await host.get<{ readonly items: readonly Logged[] }>(
      `${path}/events?since=${since}&limit=500`,
    );
    for (const { seq, t, change, hash, programDateTime, replayAtMs } of items) {
      const event = { t, ...change, seq, at: Date.parse(programDateTime) } as unknown as LiveEvent;
      check(hashOf(before, event) === hash, `event ${seq} is not the one that was written`);
      check(seq === since + 1, `event ${since + 1} is missing`);
      before = hash;
      since = seq;
      if (t !== "bid") continue;
      bids += 1;
      check(replayAtMs !== null && replayAtMs > 0, "a bid has no place in the replay");
    }
    if (items.length === 0) break;
  }
  check(bids === 3, `${bids} bids are in the log`);
}
