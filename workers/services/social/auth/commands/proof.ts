import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { append } from "#kernel/outbox";
import type { Account, Client } from "../domain.ts";
import { EmailVerified } from "../facts.ts";
import { deleteTickets, revokeSessions, saveUser, stripCredentials } from "../repository/accounts.ts";
import { note } from "../repository/events.ts";

type Proved = {
  /** The account as it is once the statements are committed. */
  readonly account: Account;
  readonly statements: readonly Statement<"auth.stale" | "auth.email_taken">[];
};

/**
 * Somebody reads the mail of this account. Until then anybody may have made it: password, links, passkeys and
 * sessions from before go, unless whoever proves the address has shown that they are the one who made them.
 */
export function proveEmail(
  ctx: Ctx,
  account: Account,
  { client, isMaker = false }: { readonly client: Client; readonly isMaker?: boolean },
): Proved {
  if (account.emailVerifiedAt !== null) return { account, statements: [] };
  const { userId, email, version, sessionEpoch } = account;
  const at = ctx.clock.now();
  const person = { userId, email, locale: ctx.locale };
  const told = [
    note(ctx, "email_verified", { userId, client, detail: { stripped: !isMaker } }),
    append(EmailVerified.make(ctx, { id: userId, version: version + 1 }, person)),
  ];
  if (isMaker) {
    return {
      account: { ...account, emailVerifiedAt: at, version: version + 1 },
      statements: [saveUser(account, { emailVerifiedAt: at }), ...told],
    };
  }
  return {
    account: {
      ...account,
      emailVerifiedAt: at,
      sessionEpoch: sessionEpoch + 1,
      version: version + 1,
      passwordHash: null,
      bcryptSalt: null,
      hasTotp: false,
      passkeys: 0,
      identities: 0,
      isNewDevice: false,
    },
    statements: [
      saveUser(account, { emailVerifiedAt: at, sessionEpoch: sessionEpoch + 1 }),
      ...stripCredentials(userId, at),
      revokeSessions({ userId, why: "proof", at }),
      deleteTickets(userId),
      ...told,
    ],
  };
}
