import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { consentsQuery, recordConsents } from "#services/social/user/index";
import { forgetTraces } from "../repository/model.ts";

/** What the choice is about has not changed since; a new wording is a new version. */
const WORDING = "recommendations-1";
const PURPOSE = "personalisation";

/** A choice in the ledger of consents; who says no is forgotten here at once. */
export async function setPreference(
  ctx: Ctx,
  { personalised }: { readonly personalised: boolean },
): Promise<{ personalised: boolean }> {
  const userId = requireUser(ctx);
  const consent = {
    id: ctx.ids.next("consent"),
    userId,
    purpose: PURPOSE,
    version: WORDING,
    granted: personalised,
    source: "account",
    at: ctx.clock.now(),
  } as const;
  await ctx.db.commit([recordConsents([consent]), ...(personalised ? [] : [forgetTraces(userId)])]);
  return { personalised };
}

export async function getPreference(ctx: Ctx): Promise<{ personalised: boolean }> {
  const [consents] = await ctx.db.load(consentsQuery(requireUser(ctx)));
  return { personalised: isGranted(consents) };
}

type Choice = { readonly purpose: string; readonly granted: boolean; readonly at: number };

/** The last word holds; who has said nothing has not objected. */
export function isGranted(consents: readonly Choice[]): boolean {
  const said = consents.filter(({ purpose }) => purpose === PURPOSE).sort((a, b) => b.at - a.at);
  return said[0]?.granted ?? true;
}
