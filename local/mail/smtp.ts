import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { Mailbox } from "./mailbox.ts";

/** How the catcher misbehaves; counts go down by one a message, the delay holds until it is set to 0. */
export interface MailFaults {
  delayMs: number;
  /** Answers 451 (try again) instead of taking the message. */
  rejectNext: number;
  /** Breaks the connection before the message is stored. */
  dropNext: number;
  /** Stores the message and breaks the connection before answering: the sender cannot know. */
  loseAnswerNext: number;
}

export const NO_FAULTS: MailFaults = { delayMs: 0, rejectNext: 0, dropNext: 0, loseAnswerNext: 0 };

/**
 * `off`, the default, offers no AUTH: a client with credentials sends without them, and one without goes on.
 * `optional` offers PLAIN and LOGIN and takes any credentials; a client may insist on some.
 */
export type SmtpAuth = "optional" | "off";

/** A message with an invoice and pictures is far smaller; a larger one is refused with 552. */
const MESSAGE_BYTES_MAX = 30 * 1024 * 1024;

/** Nobody lives there: every address of it is refused, as a server refuses a mailbox that does not exist. */
const NOWHERE = "@nowhere.example";
const IDLE_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 200;

export interface SmtpListener {
  port: number;
  close(): Promise<void>;
}

export interface SmtpOptions {
  host: string;
  port: number;
  auth: SmtpAuth;
  mailbox: Mailbox;
  faults: MailFaults;
}

class Catcher extends SMTPServer {
  /** The library keeps its greeting back for a tenth of a second, to catch who talks too soon. */
  override connect(...args: Parameters<SMTPServer["connect"]>): void {
    super.connect(...args);
    for (const connection of this.connections) {
      if (connection._socket !== args[0]) continue;
      const greet = connection.connectionReady.bind(connection);
      // Its own timer still comes, and would greet a second time.
      connection.connectionReady = () => undefined;
      greet();
    }
  }
}

export async function listenSmtp(options: SmtpOptions): Promise<SmtpListener> {
  const server: SMTPServer = new Catcher({
    banner: "Titan mail catcher",
    // Without a certificate there is no STARTTLS to offer; a client that prefers it goes on in plain text.
    disabledCommands: options.auth === "off" ? ["STARTTLS", "AUTH"] : ["STARTTLS"],
    authOptional: true,
    allowInsecureAuth: true,
    authMethods: ["PLAIN", "LOGIN"],
    size: MESSAGE_BYTES_MAX,
    socketTimeout: IDLE_TIMEOUT_MS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    disableReverseLookup: true,
    logger: false,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? "anonymous" }),
    onRcptTo: ({ address }, _session, callback) =>
      address.toLowerCase().endsWith(NOWHERE)
        ? callback(smtpFailure(550, "5.1.1 No such mailbox"))
        : callback(),
    onData: (stream, session, callback) => {
      take(stream, session, options).then(
        (outcome) => {
          if (outcome === "drop") dropConnection(server, session);
          else if (outcome === "reject")
            callback(smtpFailure(451, "The catcher was told to refuse this message"));
          else if (outcome === "too_large")
            callback(smtpFailure(552, `A message may hold ${MESSAGE_BYTES_MAX} bytes`));
          else callback(null, `Kept as ${outcome.id}`);
        },
        (error: unknown) => {
          console.error(error);
          callback(smtpFailure(451, "The catcher could not keep this message"));
        },
      );
    },
  });
  // To commands that came together it answers one by one, and each answer would wait for the last one's ACK.
  server.server.on("connection", (socket) => socket.setNoDelay(true));
  // A client that vanishes mid-session is its own affair, never the catcher's end.
  server.on("error", (error: Error) => console.error(`mail: ${error.message}`));
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  // A server that listens on a TCP port always has an address of this form.
  const { port } = server.server.address() as AddressInfo;
  return { port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

type Outcome = { id: string } | "drop" | "reject" | "too_large";

async function take(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  { mailbox, faults }: SmtpOptions,
): Promise<Outcome> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  if (stream.sizeExceeded) return "too_large";
  if (faults.delayMs > 0) await sleep(faults.delayMs);
  if (consume(faults, "dropNext")) return "drop";
  if (consume(faults, "rejectNext")) return "reject";
  const { mailFrom, rcptTo } = session.envelope;
  const envelope = {
    from: mailFrom ? mailFrom.address : "",
    to: rcptTo.map((recipient) => recipient.address),
  };
  const message = await mailbox.receive(Buffer.concat(chunks), envelope, Date.now());
  return consume(faults, "loseAnswerNext") ? "drop" : { id: message.id };
}

function consume(faults: MailFaults, name: "dropNext" | "rejectNext" | "loseAnswerNext"): boolean {
  if (faults[name] <= 0) return false;
  faults[name] -= 1;
  return true;
}

function dropConnection(server: SMTPServer, session: SMTPServerSession): void {
  for (const connection of server.connections) {
    if (connection.session.id === session.id) connection._socket.destroy();
  }
}

function smtpFailure(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
