import type { Id } from "#kernel/ids";
import { openSealed } from "#kernel/seal";
import { seedUser } from "#services/social/auth/index";
import type { Answer, Client, Harness } from "../../support/harness.ts";

export const PASSWORD = "kopi-tubruk-pagi";

let count = 0;
/** An address that no other test has. */
export const newEmail = (name = "sari"): string =>
  `${name}.${Date.now().toString(36)}.${(count++).toString(36)}@example.com`;

export type Person = { readonly email: string; readonly password: string };
export type Tokens = {
  readonly userId: Id<"user">;
  readonly sessionId: Id<"session">;
  readonly accessToken: string;
  readonly refreshToken: string;
};

export async function signUp(h: Harness, email = newEmail(), password = PASSWORD): Promise<Person> {
  const answer = await h.anonymous.post("/v1/auth/sign-up", { email, password, name: "Sari" });
  if (answer.status !== 202) throw new Error(`sign-up: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { email, password };
}

/** An account whose address is proved, without the way there. */
export async function member(h: Harness, email = newEmail(), password = PASSWORD): Promise<Person> {
  await seedUser(h.ctx(), { email, password, name: "Sari", verified: true });
  return { email, password };
}

export const signIn = (h: Harness, { email, password }: Person): Promise<Answer> =>
  h.anonymous.post("/v1/auth/sign-in", { email, password });

export async function signedIn(h: Harness, person: Person): Promise<Tokens & { readonly client: Client }> {
  const answer = await signIn(h, person);
  if (answer.body.status !== "signed_in") throw new Error(`sign-in: ${JSON.stringify(answer.body)}`);
  return { ...(answer.body as Tokens), client: h.withToken(answer.body.accessToken) };
}

type Letter = { readonly template: string; readonly link?: string; readonly code?: string };

/** What the notification service would read: the letters to an address, the latest last. */
export async function letters(h: Harness, email: string): Promise<readonly Letter[]> {
  const opened: Letter[] = [];
  for (const { type, payload } of h.waiting()) {
    const mail = payload as { email?: string; template: string; sealed?: string };
    if (type !== "auth.mail_requested" || mail.email !== email) continue;
    const secret = mail.sealed === undefined ? {} : await openSealed(h.ctx(), mail.sealed);
    opened.push({ template: mail.template, ...(secret as object) });
  }
  return opened;
}

export async function tokenIn(h: Harness, email: string, template: string): Promise<string> {
  const letter = (await letters(h, email)).findLast((one) => one.template === template);
  const token = letter?.link?.split("#token=")[1];
  if (token === undefined) throw new Error(`no ${template} for ${email}`);
  return token;
}
