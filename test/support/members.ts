import { type Client, clientOf } from "./http-client.ts";
import type { RunningPlatform } from "./running-platform.ts";
import { mailboxOf } from "./sandboxes.ts";

export type Member = { readonly email: string; readonly password: string; readonly name: string };

/** An account whose address is confirmed by the mailed link, and a client that is signed in as it. */
export async function joinAs(platform: RunningPlatform, member: Member): Promise<Client> {
  const anonymous = clientOf(platform);
  await anonymous.do("/v1/auth/sign-up", member);
  const link = /\/verify-email#token=([\w-]{43})/;
  const { text } = await mailboxOf(platform).find(member.email, "the link", (mail) => link.test(mail.text));
  const { email, password } = member;
  await anonymous.do("/v1/auth/verify", { token: link.exec(text)?.[1], password });
  const { accessToken: token } = await anonymous.do("/v1/auth/sign-in", { email, password });
  return clientOf(platform, { token });
}
