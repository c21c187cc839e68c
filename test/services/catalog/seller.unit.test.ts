import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import {
  decideAccept,
  decideLeave,
  decideMove,
  decideRole,
  type Member,
  SELLER_MOVES,
  type Seller,
  type SellerMove,
} from "#services/catalog/seller/domain/shop";
import { SELLER_STATES } from "#services/catalog/seller/facts";

const NOW = 1_800_000_000_000;
const ids = createIds({ now: () => NOW });
const sellerId = ids.next("seller");

const shop = (state: Seller["state"]): Seller => ({
  id: sellerId,
  state,
  slug: "shop",
  name: "Shop",
  descriptions: null,
  city: "Bandung",
  legalName: "CV Shop",
  email: "shop@example.com",
  phone: null,
  reason: null,
  vacationUntil: null,
  createdAt: NOW,
  activatedAt: null,
  version: 1,
});

/** Every pair of state and move: where it leads, "same" where it has led already, "-" for refused. */
const LEADS: { readonly [S in Seller["state"]]: { readonly [M in SellerMove]?: string } } = {
  applied: {
    onboard: "onboarding",
    submit: "review",
    approve: "active",
    reject: "rejected",
    reapply: "same",
    terminate: "terminated",
  },
  onboarding: {
    onboard: "same",
    return: "same",
    submit: "review",
    reject: "rejected",
    terminate: "terminated",
  },
  review: {
    submit: "same",
    return: "onboarding",
    approve: "active",
    reject: "rejected",
    terminate: "terminated",
  },
  rejected: { reject: "same", reapply: "applied", terminate: "terminated" },
  active: {
    approve: "same",
    resume: "same",
    reinstate: "same",
    pause: "vacation",
    suspend: "suspended",
    terminate: "terminated",
  },
  vacation: { pause: "same", resume: "active", suspend: "suspended", terminate: "terminated" },
  suspended: { suspend: "same", reinstate: "active", terminate: "terminated" },
  terminated: { terminate: "same" },
};

test.each(
  SELLER_STATES.flatMap((state) =>
    SELLER_MOVES.map((move) => [state, move, LEADS[state][move] ?? "-"] as const),
  ),
)("a shop that is %s: %s gives %s", (state, move, expected) => {
  const before = shop(state);
  const answer = decideMove(before, move, { now: NOW, reason: "because" });
  if (!answer.ok) return expect([answer.code, expected]).toEqual(["seller.not_movable", "-"]);
  if (answer.value === before) return expect(expected).toBe("same");
  expect(answer.value).toMatchObject({ state: expected, version: 2 });
  expect(answer.value.activatedAt === NOW).toBe(expected === "active");
});

test.each(["reject", "suspend", "terminate"] as const)("%s needs a reason", (move) => {
  const state = move === "reject" ? "applied" : "active";
  const answer = decideMove(shop(state), move, { now: NOW });
  expect(answer).toEqual({ ok: false, code: "seller.reason_missing" });
});

const member = (role: Member["role"]): Member => ({
  id: ids.next("member"),
  sellerId,
  userId: ids.next("user"),
  role,
  email: "m@example.com",
  createdAt: NOW,
  version: 1,
});

test("the last owner neither leaves nor becomes less; one of two may", () => {
  const [owner, other, staff] = [member("owner"), member("owner"), member("staff")];
  expect(decideLeave([owner, staff], owner)).toEqual({ ok: false, code: "member.last_owner" });
  expect(decideLeave([owner, staff], staff).ok).toBe(true);
  expect(decideLeave([owner, other], owner).ok).toBe(true);
  expect(decideRole([owner, staff], owner, "manager")).toEqual({ ok: false, code: "member.last_owner" });
  expect(decideRole([owner, other], owner, "manager")).toMatchObject({
    value: { role: "manager", version: 2 },
  });
  expect(decideRole([owner, staff], staff, "owner")).toMatchObject({ value: { role: "owner" } });
});

test("an invitation is good once and until its time", () => {
  const open = {
    id: ids.next("invitation"),
    sellerId,
    email: "m@example.com",
    role: "staff" as const,
    expiresAt: NOW + 1,
    closedAt: null,
  };
  expect(decideAccept(open, NOW)).toMatchObject({ value: { closedAt: NOW } });
  expect(decideAccept(open, NOW + 1)).toEqual({ ok: false, code: "invitation.expired" });
  expect(decideAccept({ ...open, closedAt: NOW }, NOW)).toEqual({ ok: false, code: "invitation.closed" });
});
