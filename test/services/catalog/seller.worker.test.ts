import { expect, test } from "vitest";
import { forgetMemory } from "#kernel/cache";
import type { Id } from "#kernel/ids";
import { openSealed } from "#kernel/seal";
import { membershipsQuery } from "#services/catalog/seller/index";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { ifMatch, openedShop } from "./shelf.ts";

const application = (tail: string) => ({
  name: `Toko ${tail}`,
  city: "Yogyakarta",
  legalName: "CV Contoh",
  email: `toko-${tail}@example.com`,
});

async function applied(h: Harness): Promise<{ applicant: Client; sellerId: Id<"seller">; slug: string }> {
  const applicant = await h.buyer();
  const answer = await applicant.post("/v1/sellers", application(h.ids.next("event").slice(-10)));
  return { applicant, sellerId: answer.body.id, slug: answer.body.slug };
}

const userIdOf = ({ actor }: Client) => (actor.kind === "user" ? actor.userId : undefined) as Id<"user">;

test("a shop is applied for, approved, paused, suspended and reinstated, each an event", async () => {
  const h = harness();
  const { applicant, sellerId, slug } = await applied(h);
  const operator = await h.operator("catalogue");
  const owner = await h.member(sellerId);
  const [memberships] = await h.ctx().db.load(membershipsQuery(userIdOf(applicant)));
  expect(memberships).toEqual([{ sellerId, role: "owner" }]);
  expect((await h.anonymous.get(`/v1/sellers/${slug}`)).status).toBe(404);
  expect((await owner.post(`/v1/sellers/${sellerId}/pause`, {})).body.code).toBe("seller.not_movable");
  expect((await owner.post(`/v1/sellers/${sellerId}/approve`, {})).status).toBe(403);
  expect((await operator.post(`/v1/sellers/${sellerId}/reject`, {})).body.code).toBe("seller.reason_missing");
  for (const [by, move, body] of [
    [operator, "approve", {}],
    [owner, "pause", {}],
    [owner, "resume", undefined],
    [operator, "suspend", { reason: "Counterfeits." }],
    [operator, "reinstate", {}],
  ] as const) {
    expect((await by.post(`/v1/sellers/${sellerId}/${move}`, body)).status, move).toBe(200);
  }
  const told = h.waiting().filter(({ subject, type }) => subject === sellerId && type !== "seller.changed");
  expect(told.map(({ type, seq }) => `${seq} ${type}`)).toEqual([
    "1 seller.applied",
    "2 seller.activated",
    "3 seller.paused",
    "4 seller.activated",
    "5 seller.suspended",
    "6 seller.activated",
  ]);
  forgetMemory(h.env);
  expect((await h.anonymous.get(`/v1/sellers/${slug}`)).body).toMatchObject({
    id: sellerId,
    state: "active",
  });
  expect((await applicant.get("/v1/sellers/mine")).body.items).toMatchObject([
    { role: "owner", seller: { id: sellerId, state: "active", version: 6 } },
  ]);
});

test("a rejected shop applies again with what was missing", async () => {
  const h = harness();
  const { sellerId } = await applied(h);
  const [operator, owner] = [await h.operator(), await h.member(sellerId)];
  const rejected = await operator.post(`/v1/sellers/${sellerId}/reject`, { reason: "No papers." });
  expect(rejected.body).toMatchObject({ state: "rejected", reason: "No papers." });
  expect((await owner.post(`/v1/sellers/${sellerId}/reapply`)).body).toMatchObject({
    state: "applied",
    reason: null,
  });
  const waiting = await operator.get("/v1/sellers/review?state=applied&limit=100");
  expect(waiting.body.items.map(({ id }: { id: string }) => id)).toContain(sellerId);
});

test("a holiday ends by itself, and not before its time", async () => {
  const h = harness();
  const { owner, sellerId } = await openedShop(h);
  const until = new Date(h.clock.now() + 86_400_000).toISOString();
  await owner.post(`/v1/sellers/${sellerId}/pause`, { until });
  const state = async () => (await owner.get(`/v1/sellers/${sellerId}/account`)).body.state;
  expect(await h.runDue(sellerId)).toBe(0);
  expect(await state()).toBe("vacation");
  h.clock.advance(86_400_000);
  const back = await h.member(sellerId);
  expect(await h.runDue(sellerId)).toBe(1);
  expect((await back.get(`/v1/sellers/${sellerId}/account`)).body).toMatchObject({
    state: "active",
    vacationUntil: null,
  });
});

test("a storefront changes by its version, and its old slug leads on", async () => {
  const h = harness();
  const { owner, sellerId } = await openedShop(h);
  const other = await openedShop(h);
  const { slug } = (await h.anonymous.get(`/v1/sellers/${sellerId}`)).body;
  const path = `/v1/sellers/${sellerId}`;
  expect((await owner.patch(path, { slug: `${slug}-new`, city: "Solo" }, ifMatch(2))).status).toBe(200);
  expect((await owner.patch(path, { city: "Medan" }, ifMatch(2))).status).toBe(412);
  forgetMemory(h.env);
  const old = await h.anonymous.get(`/v1/sellers/${slug}`);
  expect([old.status, old.headers.get("location")]).toEqual([301, `/v1/sellers/${slug}-new`]);
  const thief = await other.owner.patch(`/v1/sellers/${other.sellerId}`, { slug }, ifMatch(2));
  expect(thief.body.code).toBe("seller.slug_taken");
  expect((await owner.patch(path, { slug: "mine" }, ifMatch(3))).status).toBe(400);
});

test("a walk through the list sees each open shop once, and no other", async () => {
  const h = harness({ market: "gb" });
  const open = [await openedShop(h), await openedShop(h), await openedShop(h)].map(
    ({ sellerId }) => sellerId,
  );
  const closed = await applied(h);
  const seen: string[] = [];
  let cursor = "";
  do {
    const page = await h.anonymous.get(`/v1/sellers?limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...page.body.items.map(({ id }: { id: string }) => id));
    cursor = page.body.nextCursor ?? "";
  } while (cursor !== "");
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(expect.arrayContaining(open));
  expect(seen).not.toContain(closed.sellerId);
  expect((await h.anonymous.get("/v1/sellers?cursor=forged.cursor")).status).toBe(400);
});

/** The token as the mail carries it; the event itself holds it sealed. */
async function tokenOf(h: Harness, email: string) {
  const told = h
    .waiting()
    .findLast(
      ({ type, payload }) => type === "member.invited" && (payload as { email: string }).email === email,
    )?.payload as { invitationId: string; sealed: string };
  const { link } = (await openSealed(h.ctx(), told.sealed)) as { link: string };
  return { invitationId: told.invitationId, token: new URL(link).hash.slice("#token=".length) };
}

test("who is invited by mail joins once, with the role that he was given", async () => {
  const h = harness();
  const { owner, sellerId } = await openedShop(h);
  const [guest, stranger] = [await h.buyer(), await h.buyer()];
  const email = `new-${sellerId}@example.com`;
  const invite = () =>
    owner.post(`/v1/sellers/${sellerId}/invitations`, { email: email.toUpperCase(), role: "staff" });
  await invite();
  const first = await tokenOf(h, email);
  expect((await invite()).status).toBe(201);
  const { invitationId, token } = await tokenOf(h, email);
  const accept = (by: Client, id: string, with_: string) =>
    by.post(`/v1/sellers/invitations/${id}/accept`, { token: with_ });
  expect((await accept(stranger, first.invitationId, first.token)).body.code).toBe("invitation.closed");
  expect((await accept(stranger, invitationId, first.token)).status).toBe(404);
  expect((await accept(guest, invitationId, token)).body).toMatchObject({ role: "staff", sellerId });
  expect((await accept(stranger, invitationId, token)).body.code).toBe("invitation.closed");
  const team = await owner.get(`/v1/sellers/${sellerId}/members`);
  expect(team.body.items).toHaveLength(2);
  expect(team.body.invitations).toEqual([]);
  await invite();
  const again = await tokenOf(h, email);
  expect((await accept(guest, again.invitationId, again.token)).body.code).toBe("member.exists");
});

test("an invitation dies of age or is taken back", async () => {
  const h = harness();
  const { owner, sellerId } = await openedShop(h);
  const invite = async (email: string) => {
    await owner.post(`/v1/sellers/${sellerId}/invitations`, { email, role: "manager" });
    return tokenOf(h, email);
  };
  const [old, revoked] = [await invite("old@example.com"), await invite("back@example.com")];
  expect((await owner.delete(`/v1/sellers/${sellerId}/invitations/${revoked.invitationId}`)).status).toBe(
    204,
  );
  h.clock.advance(7 * 86_400_000);
  const guest = await h.buyer();
  const accept = ({ invitationId, token }: typeof old) =>
    guest.post(`/v1/sellers/invitations/${invitationId}/accept`, { token });
  expect((await accept(old)).body.code).toBe("invitation.expired");
  expect((await accept(revoked)).body.code).toBe("invitation.closed");
});

test("two owners that leave at once: one stays", async () => {
  const h = harness();
  for (let round = 0; round < 3; round += 1) {
    const { applicant, sellerId } = await applied(h);
    const owner = await h.member(sellerId);
    const email = `second-${sellerId}@example.com`;
    await owner.post(`/v1/sellers/${sellerId}/invitations`, { email, role: "owner" });
    const { invitationId, token } = await tokenOf(h, email);
    const second = await h.buyer();
    const joined = await second.post(`/v1/sellers/invitations/${invitationId}/accept`, { token });
    const team = (await owner.get(`/v1/sellers/${sellerId}/members`)).body.items as { id: string }[];
    const first = team.find(({ id }) => id !== joined.body.id);
    const answers = await Promise.all([
      applicant.delete(`/v1/sellers/${sellerId}/members/${first?.id}`),
      second.delete(`/v1/sellers/${sellerId}/members/${joined.body.id}`),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
  }
});

test("another shop's id answers like one that is not there", async () => {
  const h = harness();
  const [mine, theirs] = [await openedShop(h), await openedShop(h)];
  const at = (path: string) => `/v1/sellers/${theirs.sellerId}${path}`;
  const member = `/members/${h.ids.next("member")}`;
  const answers = await Promise.all([
    mine.owner.get(at("/account")),
    mine.owner.patch(at(""), { city: "Solo" }, ifMatch(2)),
    mine.owner.post(at("/pause"), {}),
    mine.owner.get(at("/members")),
    mine.owner.post(at("/invitations"), { email: "x@example.com", role: "staff" }),
    mine.owner.patch(at(member), { role: "staff" }),
    mine.owner.delete(at(member)),
    mine.owner.get(at("/documents")),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  const staff = await h.member(mine.sellerId, "staff");
  expect((await staff.get(`/v1/sellers/${mine.sellerId}/account`)).status).toBe(200);
  expect((await staff.patch(`/v1/sellers/${mine.sellerId}`, { city: "Solo" }, ifMatch(2))).status).toBe(403);
  expect((await staff.get(`/v1/sellers/${mine.sellerId}/documents`)).status).toBe(403);
});

test("papers are what they say, are shown to the owner and to operators, and to nobody else", async () => {
  const h = harness();
  const { owner, sellerId } = await openedShop(h);
  const path = `/v1/sellers/${sellerId}/documents`;
  const pdf = new TextEncoder().encode("%PDF-1.7 a scan");
  const upload = (body: Uint8Array, type: string) =>
    owner.post(`${path}?kind=identity`, body, { headers: { "content-type": type } });
  expect((await upload(pdf, "image/png")).body.code).toBe("document.not_as_said");
  expect((await upload(pdf, "text/html")).status).toBe(415);
  const kept = await upload(pdf, "application/pdf");
  expect(kept.body).toMatchObject({ kind: "identity", bytes: pdf.length });
  const shown = await owner.get(`${path}/${kept.body.id}`);
  expect(shown.bytes).toEqual(pdf);
  expect(shown.headers.get("content-type")).toBe("application/pdf");
  expect(shown.headers.get("content-disposition")).toBe("attachment");
  expect(shown.headers.get("cache-control")).toBe("no-store");
  const status = async (by: Client) => (await by.get(`${path}/${kept.body.id}`)).status;
  expect(await status(await h.operator("catalogue"))).toBe(200);
  expect(await status(await h.operator("support"))).toBe(403);
  expect(await status(await h.member(sellerId, "manager"))).toBe(403);
  expect(await status((await openedShop(h)).owner)).toBe(404);
  expect(await status(h.anonymous)).toBe(401);
  expect((await owner.delete(`${path}/${kept.body.id}`)).status).toBe(204);
  expect(await status(owner)).toBe(404);
  expect((await owner.get(path)).body.items).toEqual([]);
});
