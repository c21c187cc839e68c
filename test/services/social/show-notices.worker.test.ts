import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { MemberJoined } from "#services/catalog/seller/facts";
import {
  AuctionAwarded,
  AuctionOutbid,
  AuctionWithdrawn,
  GiveawayDrawn,
  LivestreamStarted,
} from "#services/communication/livestream/facts";
import { addRsvp } from "#services/communication/livestream/repository";
import { type Harness, harness } from "../../support/harness.ts";
import { mailsTo, type Person, person, tell } from "./postbox.ts";

const MINUTE_MS = 60_000;

const titlesOf = async (who: Person): Promise<readonly string[]> =>
  (await who.get("/v1/notifications")).body.items.map(({ title }: { title: string }) => title);
const subjectsOf = async (who: Person): Promise<readonly string[]> =>
  (await mailsTo(who.email)).map(({ subject }) => subject);
const about = (h: Harness) => ({ id: h.ids.next("livestream"), version: 1 });

test("whoever asked for a show is told once that it is live, where he wants to hear it", async () => {
  const h = harness();
  const subject = about(h);
  const livestreamId = subject.id as Id<"livestream">;
  const people = await Promise.all([person(h), person(h), person(h)]);
  const [asked, quiet, stranger] = people as [Person, Person, Person];
  const off = { notifications: { live: { email: false } } };
  expect((await quiet.patch("/v1/users/me", off, { headers: { "if-match": '"1"' } })).status).toBe(200);
  const now = h.clock.now();
  await h.ctx().db.commit([asked, quiet].map(({ userId }) => addRsvp(livestreamId, userId, now)));
  const payload = { livestreamId, sellerId: h.ids.next("seller"), title: "Malam kopi" };
  await tell(h, LivestreamStarted.make(h.ctx(), subject, payload));
  // The room may tell of a beginning in an event of its own again.
  await tell(h, LivestreamStarted.make(h.ctx(), subject, payload));
  const words = ["Sedang siaran: Malam kopi"];
  expect([await titlesOf(asked), await subjectsOf(asked)]).toEqual([words, words]);
  expect([await titlesOf(quiet), await subjectsOf(quiet)]).toEqual([words, []]);
  expect([await titlesOf(stranger), await subjectsOf(stranger)]).toEqual([[], []]);
});

test("what is won or lost in a show is told once a person, by mail and in the inbox", async () => {
  const h = harness();
  const [winner, loser] = await Promise.all([person(h), person(h)]);
  const subject = about(h);
  const livestreamId = subject.id as Id<"livestream">;
  const lot = { livestreamId, auctionId: 7, title: "Ketel" };
  const lost = { ...lot, userId: loser.userId, priceMinor: "260000", endsAt: h.clock.now() + MINUTE_MS };
  const won = {
    ...{ ...lot, userId: winner.userId, priceMinor: "310000", payBy: h.clock.now() + 5 * MINUTE_MS },
    ...{ offerId: h.ids.next("offer"), passed: [] },
  };
  const draw = { livestreamId, giveawayId: 3, title: "Mug", userIds: [winner.userId] };
  const facts = () => [
    AuctionOutbid.make(h.ctx(), subject, lost),
    AuctionAwarded.make(h.ctx(), subject, won),
    GiveawayDrawn.make(h.ctx(), subject, draw),
  ];
  await tell(h, ...facts());
  await tell(h, ...facts());
  const outbid = ["Tawaran Anda terlampaui: Ketel"];
  expect([await titlesOf(loser), await subjectsOf(loser)]).toEqual([outbid, outbid]);
  const prizes = ["Anda memenangkan lelang: Ketel", "Anda memenangkan undian: Mug"];
  expect([(await titlesOf(winner)).toSorted(), (await subjectsOf(winner)).toSorted()]).toEqual([
    prizes,
    prizes,
  ]);
  const [mail] = (await mailsTo(winner.email)).filter(({ subject: line }) => line.includes("lelang"));
  expect(mail?.text).toContain("Rp 3.100");
});

test("news of an auction that is over are not mailed late", async () => {
  const h = harness();
  const loser = await person(h);
  const subject = about(h);
  const livestreamId = subject.id as Id<"livestream">;
  const lost = { livestreamId, auctionId: 7, title: "Ketel", userId: loser.userId, priceMinor: "260000" };
  await tell(h, AuctionOutbid.make(h.ctx(), subject, { ...lost, endsAt: h.clock.now() }));
  expect(await subjectsOf(loser)).toEqual([]);
});

test("who won what is not sold any more hears that he has nothing to pay; so does the shop", async () => {
  const h = harness();
  const [winner, host] = await Promise.all([person(h), person(h)]);
  const subject = about(h);
  const sellerId = h.ids.next("seller");
  const shop = { id: sellerId, version: 1 };
  const membership = { sellerId, userId: host.userId, role: "owner" as const };
  await tell(h, MemberJoined.make(h.ctx(), shop, membership));
  const livestreamId = subject.id as Id<"livestream">;
  const payload = { livestreamId, sellerId, auctionId: 7, title: "Ketel", userId: winner.userId };
  await tell(h, AuctionWithdrawn.make(h.ctx(), subject, payload));
  await tell(h, AuctionWithdrawn.make(h.ctx(), subject, payload));
  const lost = ["Lelang yang Anda menangkan dibatalkan: Ketel"];
  expect([await titlesOf(winner), await subjectsOf(winner)]).toEqual([lost, lost]);
  expect(await titlesOf(host)).toEqual(["Lelang berakhir tanpa penjualan: Ketel"]);
});
