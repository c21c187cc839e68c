import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import type { OperatorRole, Scope } from "#kernel/permission";
import { ok, orThrow, type Result } from "#kernel/result";
import { fail } from "../errors.ts";
import { hashPassword, wrapBcrypt } from "../providers/password.ts";
import { accountByEmail, requireNoAdmin, savePassword } from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import { keepForgetting } from "../repository/forgetting.ts";
import { seedKey } from "../repository/keys.ts";
import { keyRow } from "./api-keys.ts";
import { newAccount } from "./sign-up.ts";

/** Nobody's browser: seeds, imports and scripts of the operator. */
const OURSELVES = { device: "Platform", addressPrefix: "" };

type Seed = {
  readonly email: string;
  /** Without it the person comes in by mail. */
  readonly password?: string;
  readonly name: string;
  readonly operatorRole?: OperatorRole;
  readonly verified: boolean;
};

/** Makes an account without the mail; one that is there stays as it is, so a seed may run twice. */
export async function seedUser(
  ctx: Ctx,
  { password, operatorRole, verified, ...person }: Seed,
): Promise<Id<"user">> {
  const email = person.email.trim().toLowerCase();
  const [known] = await ctx.db.load(accountByEmail(email));
  if (known) return known.userId;
  const now = ctx.clock.now();
  const { userId, statements } = newAccount(ctx, {
    email,
    name: person.name,
    emailVerifiedAt: verified ? now : null,
    operatorRole: operatorRole ?? null,
  });
  const hash = password === undefined ? [] : [savePassword(userId, await hashPassword(password), now)];
  const detail = { by: "seed", role: operatorRole ?? null };
  const written = [...statements, ...hash, note(ctx, "signed_up", { userId, client: OURSELVES, detail })];
  orThrow(await ctx.db.commit([...written, keepForgetting(ctx)]), fail);
  return userId;
}

type Imported = { readonly email: string; readonly name: string; readonly bcryptHash: string };

/** Takes over an account with its old bcrypt hash. Undefined for what is no bcrypt hash of a sane cost. */
export async function importUser(
  ctx: Ctx,
  { bcryptHash, ...person }: Imported,
): Promise<Id<"user"> | undefined> {
  const wrapped = await wrapBcrypt(bcryptHash);
  if (!wrapped) return undefined;
  const userId = await seedUser(ctx, { ...person, verified: true });
  await ctx.db.commit([savePassword(userId, wrapped, ctx.clock.now())]);
  return userId;
}

type SeedKey = {
  readonly key: string;
  readonly scopes: readonly Scope[];
  readonly sellerId?: Id<"seller">;
  readonly name?: string;
};

/** A service key that is known beforehand, for import, replay and bench. Again, it gets the new scopes. */
export async function seedApiKey(
  ctx: Ctx,
  { key, scopes, sellerId, name = "Service" }: SeedKey,
): Promise<void> {
  const row = {
    ...keyRow(key),
    id: ctx.ids.next("apiKey"),
    name,
    scopes,
    sellerId: sellerId ?? null,
    createdBy: null,
    createdAt: ctx.clock.now(),
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  };
  await ctx.db.commit([seedKey(row)]);
}

/**
 * The administrator that a new market begins with, made once by a script: afterwards administrators make each
 * other. Without a password, so that whoever signs in first has shown that they read the mail of the address.
 */
export async function makeFirstOperator(
  ctx: Ctx,
  { email, name }: { readonly email: string; readonly name: string },
): Promise<Result<Id<"user">, "auth.admin_exists" | "auth.email_taken">> {
  const made = newAccount(ctx, { email, name, emailVerifiedAt: null, operatorRole: "admin" });
  const { userId } = made;
  const detail = { by: "first-operator", role: "admin" };
  const committed = await ctx.db.commit<"auth.admin_exists" | "auth.email_taken">([
    ...requireNoAdmin(),
    ...made.statements,
    note(ctx, "signed_up", { userId, client: OURSELVES, detail }),
    keepForgetting(ctx),
  ]);
  return committed.ok ? ok(userId) : committed;
}
