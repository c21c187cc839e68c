import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import {
  type Call,
  type Endpoint,
  HttpFailure,
  json,
  listen,
  page,
  parseJson,
  type Reply,
} from "../endpoints.ts";
import { serveEngine } from "../engine-child.ts";
import { Mailbox, MESSAGES_MAX, type Message, type MessageFilter } from "./mailbox.ts";
import { frameHtml, listPage, type MessageView, messagePage } from "./pages.ts";
import { listenSmtp, type MailFaults, NO_FAULTS, type SmtpAuth } from "./smtp.ts";

export type { Attachment, Message } from "./mailbox.ts";
export type { MailFaults, SmtpAuth } from "./smtp.ts";

export interface MailOptions {
  dataDir: string;
  host?: string;
  /** The mailbox page and API; 0 takes a free port. */
  port?: number;
  smtpPort?: number;
  auth?: SmtpAuth;
  messagesMax?: number;
}

export interface RunningMail {
  url: string;
  port: number;
  smtpPort: number;
  close(): Promise<void>;
}

export async function startMail(options: MailOptions): Promise<RunningMail> {
  mkdirSync(options.dataDir, { recursive: true });
  const host = options.host ?? "127.0.0.1";
  const mailbox = new Mailbox(options.dataDir, options.messagesMax ?? MESSAGES_MAX);
  const faults: MailFaults = { ...NO_FAULTS };
  const auth = options.auth ?? "off";
  const smtp = await listenSmtp({ host, port: options.smtpPort ?? 0, auth, mailbox, faults });
  const endpoints = [...pages(mailbox, `${host}:${smtp.port}`), ...api(mailbox), ...switches(faults)];
  const web = await listen(endpoints, { host, port: options.port ?? 0 });
  return {
    url: web.url,
    port: web.port,
    smtpPort: smtp.port,
    close: async () => {
      await Promise.all([smtp.close(), web.close()]);
    },
  };
}

const LIST_MAX = 100;

function filterOf(url: URL): MessageFilter {
  const text = (name: string) => url.searchParams.get(name) ?? undefined;
  const limit = Number(text("limit") ?? LIST_MAX);
  if (!Number.isInteger(limit) || limit < 1) throw new HttpFailure(400, "limit is a whole number above 0");
  return {
    to: text("to"),
    subject: text("subject"),
    messageId: text("messageId"),
    since: sinceOf(text("since")),
    limit: Math.min(limit, LIST_MAX),
  };
}

function sinceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instant = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(instant)) throw new HttpFailure(400, "since is epoch milliseconds or an ISO-8601 instant");
  return instant;
}

function messageOf(mailbox: Mailbox, call: Call): Message {
  const message = mailbox.find(call.params.id ?? "");
  if (!message) throw new HttpFailure(404, "no such message");
  return message;
}

async function attachmentOf(mailbox: Mailbox, call: Call): Promise<Reply> {
  const number = call.params.n ?? "";
  const found = /^\d+$/.test(number)
    ? await mailbox.attachment(messageOf(mailbox, call).id, Number(number))
    : undefined;
  if (!found) throw new HttpFailure(404, "no such attachment");
  const name = encodeURIComponent(found.meta.filename);
  return {
    status: 200,
    headers: {
      "content-type": found.meta.contentType.replace(/[^\w.+/-]/g, ""),
      "content-disposition": `attachment; filename*=UTF-8''${name}`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    },
    body: found.content,
  };
}

function api(mailbox: Mailbox): Endpoint[] {
  return [
    {
      method: "GET",
      path: "/api/messages",
      handler: ({ url }) => {
        const filter = filterOf(url);
        return json(200, { items: mailbox.list(filter), total: mailbox.count(filter) });
      },
    },
    { method: "DELETE", path: "/api/messages", handler: () => json(200, { removed: mailbox.clear() }) },
    { method: "GET", path: "/api/messages/{id}", handler: (call) => json(200, messageOf(mailbox, call)) },
    {
      method: "GET",
      path: "/api/messages/{id}/attachments/{n}",
      handler: (call) => attachmentOf(mailbox, call),
    },
  ];
}

/** The frame's document can run nothing and reach nothing, however it is opened. */
const FRAME_POLICY = [
  "sandbox allow-popups allow-popups-to-escape-sandbox",
  "default-src 'none'",
  "img-src data:",
  "style-src 'unsafe-inline'",
].join("; ");

function pages(mailbox: Mailbox, smtp: string): Endpoint[] {
  return [
    { method: "GET", path: "/", handler: ({ url }) => inbox(mailbox, smtp, url.searchParams.get("q") ?? "") },
    {
      method: "GET",
      path: "/messages/{id}",
      handler: (call) => {
        const asked = call.url.searchParams.get("view");
        const view: MessageView = asked === "text" || asked === "headers" ? asked : "html";
        return page(200, messagePage(messageOf(mailbox, call), view));
      },
    },
    {
      method: "GET",
      path: "/messages/{id}/html",
      handler: (call) => ({
        status: 200,
        headers: {
          "content-type": "text/html; charset=utf-8",
          "content-security-policy": FRAME_POLICY,
          "x-content-type-options": "nosniff",
        },
        body: frameHtml(messageOf(mailbox, call)),
      }),
    },
    {
      method: "GET",
      path: "/messages/{id}/raw",
      handler: (call) => ({
        status: 200,
        headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
        body: mailbox.raw(messageOf(mailbox, call).id),
      }),
    },
    {
      method: "GET",
      path: "/messages/{id}/attachments/{n}",
      handler: (call) => attachmentOf(mailbox, call),
    },
  ];
}

function inbox(mailbox: Mailbox, smtp: string, query: string): Reply {
  const limit = LIST_MAX;
  if (query === "") {
    return page(200, listPage({ messages: mailbox.list({ limit }), total: mailbox.size, query, smtp }));
  }
  const found = [...mailbox.list({ to: query, limit }), ...mailbox.list({ subject: query, limit })];
  const unique = [...new Map(found.map((message) => [message.id, message])).values()];
  const messages = unique.sort((a, b) => b.id.localeCompare(a.id));
  return page(200, listPage({ messages, total: messages.length, query, smtp }));
}

function switches(faults: MailFaults): Endpoint[] {
  return [
    { method: "GET", path: "/api/faults", handler: () => json(200, faults) },
    {
      method: "POST",
      path: "/api/faults",
      handler: ({ body }) => {
        Object.assign(faults, parseFaults(parseJson(body)));
        return json(200, faults);
      },
    },
    { method: "DELETE", path: "/api/faults", handler: () => json(200, Object.assign(faults, NO_FAULTS)) },
    { method: "GET", path: "/healthz", handler: () => json(200, { ok: true }) },
  ];
}

function parseFaults(input: unknown): Partial<MailFaults> {
  if (typeof input !== "object" || input === null) throw new HttpFailure(400, "faults are a JSON object");
  for (const [name, value] of Object.entries(input)) {
    if (!(name in NO_FAULTS)) throw new HttpFailure(400, `no such fault: ${name}`);
    if (!Number.isInteger(value) || value < 0)
      throw new HttpFailure(400, `${name} is a whole number, 0 or more`);
  }
  return input;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await serveEngine(async (options: MailOptions) => {
    const { url, port, smtpPort, close } = await startMail(options);
    return { report: { facts: { url, port: String(port), smtpPort: String(smtpPort) } }, stop: close };
  });
}
