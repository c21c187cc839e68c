import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import type { OperatorRole } from "#kernel/permission";
import { orThrow } from "#kernel/result";
import type { Account, Client } from "../domain.ts";
import { fail } from "../errors.ts";
import { OperatorChanged } from "../facts.ts";
import { accountById, deleteTickets, keepAnAdmin, revokeSessions, saveUser } from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import { requireFresh } from "./fresh.ts";
import { publishEpoch } from "./gate.ts";

type About = { readonly userId: Id<"user">; readonly client: Client };

async function loadOther(ctx: Ctx, userId: Id<"user">): Promise<Account> {
  requireOperator(ctx, "user:write");
  await requireFresh(ctx);
  const [account] = await ctx.db.load(accountById(userId));
  if (!account) throw fail("auth.user_not_found");
  return account;
}

/** Tokens that name the old role are worth nothing from here on; the sessions stay. */
export async function setOperatorRole(
  ctx: Ctx,
  { userId, role, client }: About & { readonly role: OperatorRole | null },
): Promise<void> {
  const account = await loadOther(ctx, userId);
  const by = requireOperator(ctx, "user:write");
  const sessionEpoch = account.sessionEpoch + 1;
  const fact = OperatorChanged.make(ctx, { id: userId, version: account.version + 1 }, { userId, role, by });
  const committed = await ctx.db.commit([
    ...(role === "admin" ? [] : [keepAnAdmin(userId)]),
    saveUser(account, { operatorRole: role, sessionEpoch }),
    note(ctx, "operator_changed", { userId, client, detail: { role, by } }),
    append(fact),
  ]);
  orThrow(committed, fail);
  await publishEpoch(ctx, userId, sessionEpoch);
}

export async function setDisabled(
  ctx: Ctx,
  { userId, disabled, client }: About & { readonly disabled: boolean },
): Promise<void> {
  const account = await loadOther(ctx, userId);
  const by = requireOperator(ctx, "user:write");
  const at = ctx.clock.now();
  const sessionEpoch = account.sessionEpoch + 1;
  const ending = disabled ? [revokeSessions({ userId, why: "disabled", at }), deleteTickets(userId)] : [];
  const committed = await ctx.db.commit([
    ...(disabled ? [keepAnAdmin(userId)] : []),
    saveUser(account, { disabledAt: disabled ? at : null, sessionEpoch }),
    ...ending,
    note(ctx, disabled ? "account_disabled" : "account_enabled", { userId, client, detail: { by } }),
  ]);
  orThrow(committed, fail);
  await publishEpoch(ctx, userId, sessionEpoch);
}
