import type { Ctx } from "#kernel/ctx";
import type { Mail } from "./mime.ts";
import { parseServer, SmtpRefusal, SmtpSession } from "./smtp.ts";

/**
 * `rejected` is for good: the same mail would be refused again. `isBounce` says that it was the address.
 * Anything else that goes wrong is thrown, and the job comes back later.
 */
export type Sent =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly isBounce: boolean };
/** The one port that mail leaves through. */
export type Mailer = { send(mail: Mail): Promise<Sent> };

/** A conversation waits this long for the next mail of the batch before it is ended. */
const IDLE_MS = 60;
/** More mails than this go through a new conversation: servers end long ones. */
const MAILS_MAX = 50;

type Conversation = { readonly session: SmtpSession; mails: number; lastAt: number };
const mailers = new WeakMap<Ctx, Mailer>();

/** One for each context, so that the mails of a batch share a conversation and no request outlives it. */
export function mailerOf(ctx: Ctx): Mailer {
  const known = mailers.get(ctx);
  if (known) return known;
  const mailer = openSmtpMailer(ctx);
  mailers.set(ctx, mailer);
  return mailer;
}

function openSmtpMailer({ env, config, defer }: Pick<Ctx, "env" | "config" | "defer">): Mailer {
  const server = parseServer(env.SMTP_URL);
  const helloAs = new URL(config.origin).hostname;
  let open: Conversation | undefined;

  const begin = async (): Promise<Conversation> => {
    const session = await SmtpSession.open(server, helloAs);
    const conversation = { session, mails: 0, lastAt: Date.now() };
    open = conversation;
    defer(endWhenIdle(conversation));
    return conversation;
  };
  const drop = (conversation: Conversation) => {
    if (open === conversation) open = undefined;
  };
  const endWhenIdle = async (conversation: Conversation): Promise<void> => {
    for (let leftMs = IDLE_MS; open === conversation && leftMs > 0; ) {
      await scheduler.wait(leftMs);
      leftMs = Math.min(IDLE_MS, conversation.lastAt + IDLE_MS - Date.now());
    }
    drop(conversation);
    await conversation.session.quit().catch(() => undefined);
  };

  return {
    async send(mail) {
      // An address goes into a command of its own: a line break in it would be a command more.
      if (!ADDRESS.test(mail.to)) return { ok: false, reason: "malformed address", isBounce: true };
      if (open && open.mails >= MAILS_MAX) drop(open);
      const conversation = open ?? (await begin());
      conversation.mails += 1;
      // While a mail is under way the conversation is not idle, however slow the server is.
      conversation.lastAt = Number.POSITIVE_INFINITY;
      try {
        await conversation.session.send(mail);
        conversation.lastAt = Date.now();
        return { ok: true };
      } catch (error) {
        drop(conversation);
        conversation.lastAt = 0;
        conversation.session.abandon();
        const refusal = rejectionOf(error);
        if (refusal) return refusal;
        throw error;
      }
    },
  };
}

const ADDRESS = /^[^\s<>@]+@[\w.-]+$/;
const OF_THE_MAIL = ["sender", "recipient", "data", "message"];
/** RFC 3463: X.1.* is about the address, X.2.1 a mailbox that takes no mail. */
const BAD_ADDRESS = /^5\.(1\.\d+|2\.1)$/;

/** A 5xx about this very mail is for good; one about signing in is our mistake, and tried again. */
function rejectionOf(error: unknown): Sent | undefined {
  if (!(error instanceof SmtpRefusal) || error.code < 500 || !OF_THE_MAIL.includes(error.step))
    return undefined;
  const isBounce =
    error.step === "recipient" && (error.enhanced ? BAD_ADDRESS.test(error.enhanced) : error.code !== 554);
  return { ok: false, reason: error.message, isBounce };
}
