import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import { openCtx } from "#kernel/open-ctx";
import { append } from "#kernel/outbox";
import type { OperatorRole } from "#kernel/permission";
import { createProfile } from "#services/social/user/index";
import { type Account, type Client, isWeakPassword } from "../domain.ts";
import { fail } from "../errors.ts";
import { EmailVerified, SignedUp } from "../facts.ts";
import { hashPassword } from "../providers/password.ts";
import { newSecret } from "../providers/secrets.ts";
import { accountByEmail, insertUser, refuseHeldAddress, savePassword } from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import { keepForgetting } from "../repository/forgetting.ts";
import { mailLink, requestMail } from "./letters.ts";
import { limitSignUp } from "./limits.ts";

/** Longer than either way takes on a busy machine: what is answered sooner waits. */
const ANSWER_MS = 250;

type SignUp = {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly locale?: Locale | undefined;
  readonly client: Client;
};

/** The same answer after the same time, whether or not the address has an account: its owner is told. */
export async function signUp(ctx: Ctx, { locale = ctx.locale, ...input }: SignUp): Promise<undefined> {
  if (isWeakPassword(input.password, input.email)) throw fail("auth.password_weak");
  await limitSignUp(ctx, input.email);
  await Promise.all([register(speaking(ctx, locale), input), scheduler.wait(ANSWER_MS)]);
}

/** The same request in a chosen language. */
const speaking = (ctx: Ctx, locale: Locale): Ctx => openCtx({ ...ctx, locale });

async function register(ctx: Ctx, { email, password, name, client }: Omit<SignUp, "locale">): Promise<void> {
  const hash = await hashPassword(password);
  const [known] = await ctx.db.load(accountByEmail(email));
  if (known) return tellOwner(ctx, known, client);
  const user = newAccount(ctx, { email, name, emailVerifiedAt: null, operatorRole: null });
  const { userId } = user;
  const committed = await ctx.db.commit([
    refuseHeldAddress(email, ctx.clock.now()),
    ...user.statements,
    savePassword(userId, hash, ctx.clock.now()),
    note(ctx, "signed_up", { userId, client }),
    ...(await mailLink(ctx, { userId, email, version: 1 }, "verify_email", { client })),
    keepForgetting(ctx),
  ]);
  if (committed.ok) return;
  const [winner] = await ctx.db.load(accountByEmail(email));
  if (winner) await tellOwner(ctx, winner, client);
}

async function tellOwner(ctx: Ctx, account: Account, client: Client): Promise<void> {
  const letter =
    account.emailVerifiedAt === null
      ? await mailLink(ctx, account, "verify_email", { client })
      : [await requestMail(ctx, account, "already_signed_up")];
  await ctx.db.commit([note(ctx, "sign_up_repeated", { userId: account.userId, client }), ...letter]);
}

type NewAccount = {
  readonly email: string;
  readonly name: string;
  readonly emailVerifiedAt: number | null;
  readonly operatorRole: OperatorRole | null;
};

/** Account and profile are one commit: neither is ever there without the other. */
export function newAccount(
  ctx: Ctx,
  input: NewAccount,
): { readonly userId: Id<"user">; readonly statements: readonly Statement<"auth.email_taken">[] } {
  const { email, name, emailVerifiedAt } = input;
  const userId = ctx.ids.next("user");
  const now = ctx.clock.now();
  const subject = { id: userId, version: 1 };
  const person = { userId, email, locale: ctx.locale };
  const verified = emailVerifiedAt === null ? [] : [append(EmailVerified.make(ctx, subject, person))];
  return {
    userId,
    statements: [
      insertUser({ ...input, userId, handle: newSecret(), createdAt: now }),
      createProfile({ userId, name, email, locale: ctx.locale, now }),
      append(SignedUp.make(ctx, subject, { ...person, name })),
      ...verified,
    ],
  };
}
