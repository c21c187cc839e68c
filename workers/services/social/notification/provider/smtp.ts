import type { Mail } from "./mime.ts";
import { toMime } from "./mime.ts";

/** Connecting, with the handshake of TLS. */
const CONNECT_TIMEOUT_MS = 10_000;
/** One answer; RFC 5321 (4.5.3.2) allows minutes, but a job's lease is shorter. */
const REPLY_TIMEOUT_MS = 10_000;
/** Answers are short lines; more is no mail server. */
const REPLY_CHARS_MAX = 16_384;

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

type Reply = { readonly code: number; readonly lines: readonly string[] };
export type Step = "greeting" | "hello" | "tls" | "auth" | "sender" | "recipient" | "data" | "message";

/** What the server refused, and with which codes. Its words are left out, since they may name the address. */
export class SmtpRefusal extends Error {
  override readonly name = "SmtpRefusal";
  readonly step: Step;
  readonly code: number;
  /** RFC 3463, such as 5.1.1 for a mailbox that does not exist. */
  readonly enhanced: string | undefined;
  constructor(step: Step, { code, lines }: Reply) {
    const enhanced = /^([245]\.\d{1,3}\.\d{1,3})\b/.exec(lines[0] ?? "")?.[1];
    super(`${step} refused with ${code}${enhanced ? ` ${enhanced}` : ""}`);
    this.step = step;
    this.code = code;
    this.enhanced = enhanced;
  }
}

type Server = {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps:`); otherwise STARTTLS where it is offered. */
  readonly isSecure: boolean;
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
};

export function parseServer(smtpUrl: string): Server {
  const url = new URL(smtpUrl);
  const isSecure = url.protocol === "smtps:";
  if (!isSecure && url.protocol !== "smtp:") throw new Error("SMTP_URL begins with smtp: or smtps:");
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname,
    port: Number(url.port || (isSecure ? 465 : 587)),
    isSecure,
    credentials: user === "" ? undefined : { user, password: decodeURIComponent(url.password) },
  };
}

async function within<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * One conversation with a mail server (RFC 5321) over the runtime's TCP sockets; several mails one after
 * another. A connection that breaks throws: worker-mailer, the usual library, spins there for ever and takes
 * the isolate with it.
 */
export class SmtpSession {
  #socket: Socket;
  #reader: ReadableStreamDefaultReader<Uint8Array>;
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  #decoder = new TextDecoder();
  #received = "";
  #offers: readonly string[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#reader = socket.readable.getReader();
    this.#writer = socket.writable.getWriter();
  }

  static async open(server: Server, helloAs: string): Promise<SmtpSession> {
    const { connect } = await import("cloudflare:sockets");
    const { host: hostname, port, isSecure } = server;
    const socket = connect(
      { hostname, port },
      { secureTransport: isSecure ? "on" : "starttls", allowHalfOpen: false },
    );
    // Everyone who waits hears of a broken socket from his own read or write.
    socket.closed.catch(() => undefined);
    const session = new SmtpSession(socket);
    try {
      await within(socket.opened, CONNECT_TIMEOUT_MS, "connecting");
      await session.#greet(server, helloAs);
      return session;
    } catch (error) {
      session.abandon();
      throw error;
    }
  }

  async send(mail: Mail): Promise<void> {
    const pipelines = this.#offers.includes("PIPELINING");
    const [sender, recipient] = [`MAIL FROM:<${mail.from.email}>`, `RCPT TO:<${mail.to}>`];
    if (pipelines) await this.#write(`${sender}\r\n${recipient}\r\n`);
    else await this.#write(`${sender}\r\n`);
    const answer = await this.#reply();
    if (!pipelines && isGood(answer)) await this.#write(`${recipient}\r\n`);
    const second = pipelines || isGood(answer) ? await this.#reply() : undefined;
    if (!isGood(answer)) throw new SmtpRefusal("sender", answer);
    if (second && !isGood(second)) throw new SmtpRefusal("recipient", second);
    await this.#ask("DATA", "data", 354);
    await this.#ask(`${toMime(mail)}.`, "message");
  }

  async quit(): Promise<void> {
    try {
      await this.#write("QUIT\r\n");
      await this.#reply();
    } finally {
      this.abandon();
    }
  }

  abandon(): void {
    this.#socket.close().catch(() => undefined);
  }

  async #greet({ host, isSecure, credentials }: Server, helloAs: string): Promise<void> {
    const greeting = await this.#reply();
    if (greeting.code !== 220) throw new SmtpRefusal("greeting", greeting);
    await this.#hello(helloAs);
    const startsTls = !isSecure && this.#offers.includes("STARTTLS");
    if (startsTls) {
      await this.#ask("STARTTLS", "tls", 220);
      this.#reader.releaseLock();
      this.#writer.releaseLock();
      this.#socket = this.#socket.startTls();
      this.#socket.closed.catch(() => undefined);
      this.#reader = this.#socket.readable.getReader();
      this.#writer = this.#socket.writable.getWriter();
      // What was said before TLS may have been put there by somebody in between.
      this.#received = "";
      await this.#hello(helloAs);
    }
    if (!credentials) return;
    // Somebody in between could hide the offer of TLS, to read the password or the mail.
    if (!isSecure && !startsTls && !LOOPBACK.includes(host)) throw new Error("the mail server offers no TLS");
    // A server that offers no way to sign in wants nobody to.
    if (!this.#offers.some((offer) => offer.startsWith("AUTH"))) return;
    await this.#signIn(credentials);
  }

  async #hello(name: string): Promise<void> {
    const { lines } = await this.#ask(`EHLO ${name}`, "hello");
    this.#offers = lines.slice(1).map((line) => line.toUpperCase());
  }

  async #signIn({ user, password }: NonNullable<Server["credentials"]>): Promise<void> {
    const methods = this.#offers.find((offer) => offer.startsWith("AUTH"))?.split(/[ =]/) ?? [];
    const encode = (value: string) => Buffer.from(value).toString("base64");
    if (methods.includes("PLAIN")) {
      await this.#ask(`AUTH PLAIN ${encode(`\0${user}\0${password}`)}`, "auth");
    } else if (methods.includes("LOGIN")) {
      await this.#ask("AUTH LOGIN", "auth", 334);
      await this.#ask(encode(user), "auth", 334);
      await this.#ask(encode(password), "auth");
    } else throw new Error("the mail server offers no way to sign in that is known here");
  }

  async #ask(line: string, step: Step, wanted?: number): Promise<Reply> {
    await this.#write(`${line}\r\n`);
    const reply = await this.#reply();
    if (wanted === undefined ? !isGood(reply) : reply.code !== wanted) throw new SmtpRefusal(step, reply);
    return reply;
  }

  async #write(data: string): Promise<void> {
    await within(this.#writer.write(new TextEncoder().encode(data)), REPLY_TIMEOUT_MS, "writing");
  }

  async #reply(): Promise<Reply> {
    for (;;) {
      const end = /^(\d{3})(?: .*)?\r?\n/m.exec(this.#received);
      if (end) {
        const length = end.index + end[0].length;
        const lines = this.#received.slice(0, length).trimEnd().split(/\r?\n/);
        this.#received = this.#received.slice(length);
        return { code: Number(end[1]), lines: lines.map((line) => line.slice(4)) };
      }
      const { done, value } = await within(this.#reader.read(), REPLY_TIMEOUT_MS, "reading");
      if (done) throw new Error("the mail server broke the connection");
      this.#received += this.#decoder.decode(value, { stream: true });
      if (this.#received.length > REPLY_CHARS_MAX) throw new Error("the mail server does not come to an end");
    }
  }
}

const isGood = ({ code }: Reply): boolean => code >= 200 && code < 300;
