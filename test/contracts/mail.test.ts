import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type MailOptions, type Message, type RunningMail, startMail } from "../../local/mail/main.ts";

async function mail(options: Partial<MailOptions> = {}): Promise<RunningMail & { dataDir: string }> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "mail-"));
  const running = await startMail({ ...options, dataDir });
  onTestFinished(async () => {
    await running.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { ...running, dataDir };
}

/** Speaks SMTP by hand, one line at a time, as the Worker's client does. */
class Smtp {
  readonly #socket: Socket;
  #buffer = "";
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(port: number) {
    this.#socket = createConnection({ host: "127.0.0.1", port });
    this.#socket.on("data", (chunk) => {
      this.#buffer += chunk.toString();
      this.#wake();
    });
    this.#socket.on("close", () => {
      this.#closed = true;
      this.#wake();
    });
    this.#socket.on("error", () => undefined);
    onTestFinished(() => void this.#socket.destroy());
  }

  /** The next whole reply, or "closed" when the server broke the connection. */
  async reply(): Promise<string> {
    for (;;) {
      const end = /^\d{3} .*\r\n/m.exec(this.#buffer);
      if (end) {
        const length = end.index + end[0].length;
        const reply = this.#buffer.slice(0, length);
        this.#buffer = this.#buffer.slice(length);
        return reply;
      }
      if (this.#closed) return "closed";
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async say(line: string): Promise<string> {
    this.#socket.write(`${line}\r\n`);
    return this.reply();
  }
}

interface Letter {
  to?: string;
  subject?: string;
  id?: string;
  body?: string;
}

const PDF = Buffer.from("%PDF-1.7 an invoice");

function letter({
  to = "ani@example.test",
  subject = "Pesanan Anda",
  id = "<one@titan.test>",
  body,
}: Letter): string {
  return [
    'From: "Titan" <no-reply@titan.test>',
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: ${id}`,
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="m"',
    "",
    "--m",
    'Content-Type: multipart/alternative; boundary="a"',
    "",
    "--a",
    'Content-Type: text/plain; charset="UTF-8"',
    "",
    "Terima kasih.",
    "--a",
    'Content-Type: text/html; charset="UTF-8"',
    "",
    body ?? "<p>Terima <b>kasih</b>.</p>",
    "--a--",
    "--m",
    'Content-Type: application/pdf; name="INV-1.pdf"',
    'Content-Disposition: attachment; filename="INV-1.pdf"',
    "Content-Transfer-Encoding: base64",
    "",
    PDF.toString("base64"),
    "--m--",
    ".",
  ].join("\r\n");
}

async function deliver(port: number, options: Letter = {}): Promise<string> {
  const smtp = new Smtp(port);
  await smtp.reply();
  await smtp.say("EHLO 127.0.0.1");
  await smtp.say("MAIL FROM: <no-reply@titan.test>");
  await smtp.say(`RCPT TO: <${options.to ?? "ani@example.test"}>`);
  await smtp.say("DATA");
  return smtp.say(letter(options));
}

const list = async (url: string, query = ""): Promise<{ items: Message[]; total: number }> =>
  (await (await fetch(`${url}/api/messages${query}`)).json()) as { items: Message[]; total: number };

const fault = (url: string, faults: Record<string, number>) =>
  fetch(`${url}/api/faults`, { method: "POST", body: JSON.stringify(faults) });

describe("what arrives", () => {
  it("is answered by the API with its parts, headers and attachments", async () => {
    const { url, smtpPort } = await mail();
    expect(await deliver(smtpPort)).toMatch(/^250 /);
    const { items, total } = await list(url);
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({
      messageId: "<one@titan.test>",
      copy: 1,
      from: '"Titan" <no-reply@titan.test>',
      to: ["ani@example.test"],
      subject: "Pesanan Anda",
      html: "<p>Terima <b>kasih</b>.</p>",
      headers: { subject: "Pesanan Anda" },
      attachments: [{ filename: "INV-1.pdf", contentType: "application/pdf", size: PDF.length }],
    });
    expect(items[0]?.text).toContain("Terima kasih.");
    expect(items[0]?.attachments[0]?.sha256).toBe(createHash("sha256").update(PDF).digest("hex"));
  });

  it("gives an attachment back byte for byte", async () => {
    const { url, smtpPort } = await mail();
    await deliver(smtpPort);
    const id = (await list(url)).items[0]?.id;
    const response = await fetch(`${url}/api/messages/${id}/attachments/0`);
    expect(response.headers.get("content-type")).toBe("application/pdf");
    expect(response.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''INV-1.pdf");
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PDF);
    expect((await fetch(`${url}/api/messages/${id}/attachments/1`)).status).toBe(404);
    expect((await fetch(`${url}/api/messages/msg_none/attachments/0`)).status).toBe(404);
  });

  it("is found by recipient, subject, Message-ID and time", async () => {
    const { url, smtpPort } = await mail();
    await deliver(smtpPort, { to: "budi@example.test", subject: "Faktur INV-7", id: "<b@t>" });
    await deliver(smtpPort, { to: "citra@example.test", subject: "Selamat datang", id: "<c@t>" });
    const after = Date.now() + 1;
    const ids = async (query: string) => (await list(url, query)).items.map((item) => item.messageId);
    expect(await ids("")).toEqual(["<c@t>", "<b@t>"]);
    expect(await ids("?to=BUDI@example.test")).toEqual(["<b@t>"]);
    expect(await ids("?subject=selamat")).toEqual(["<c@t>"]);
    expect(await ids(`?messageId=${encodeURIComponent("<b@t>")}`)).toEqual(["<b@t>"]);
    expect(await ids("?limit=1")).toEqual(["<c@t>"]);
    expect(await ids(`?since=${after + 60_000}`)).toEqual([]);
    expect(await ids("?since=2020-01-01T00:00:00Z")).toEqual(["<c@t>", "<b@t>"]);
    expect((await fetch(`${url}/api/messages?since=yesterday`)).status).toBe(400);
    expect((await fetch(`${url}/api/messages?limit=0`)).status).toBe(400);
  });

  it("shows repeats instead of hiding them", async () => {
    const { url, smtpPort } = await mail();
    await deliver(smtpPort);
    await deliver(smtpPort);
    const { items, total } = await list(url);
    expect(total).toBe(2);
    expect(items.map((item) => item.copy)).toEqual([2, 1]);
  });
});

describe("the mailbox page", () => {
  it("escapes what came from outside and shows HTML only in a sandboxed frame", async () => {
    const { url, smtpPort } = await mail();
    const hostile = "<script>alert(1)</script>";
    await deliver(smtpPort, { subject: hostile, body: `<p>hi</p>${hostile}` });
    const id = (await list(url)).items[0]?.id;
    const inbox = await (await fetch(url)).text();
    const message = await fetch(`${url}/messages/${id}`);
    const html = await message.text();
    for (const text of [inbox, html]) {
      expect(text).not.toContain("<script");
      expect(text).toContain("&lt;script&gt;");
    }
    expect(message.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(html).toMatch(/<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    const frame = await fetch(`${url}/messages/${id}/html`);
    expect(frame.headers.get("content-security-policy")).toMatch(
      /^sandbox (?!.*allow-scripts).*default-src 'none'/,
    );
    expect(await frame.text()).toContain("<p>hi</p>");
  });

  it("answers 404 for a message that is not there", async () => {
    const { url } = await mail();
    expect((await fetch(`${url}/messages/msg_none`)).status).toBe(404);
    expect((await fetch(`${url}/messages/..%2f..%2fetc`)).status).toBe(404);
  });
});

describe("signing in", () => {
  it("offers PLAIN and LOGIN, takes any credentials, and needs none", async () => {
    const { smtpPort } = await mail({ auth: "optional" });
    const smtp = new Smtp(smtpPort);
    await smtp.reply();
    const hello = await smtp.say("EHLO 127.0.0.1");
    expect(hello).toMatch(/AUTH PLAIN LOGIN/);
    expect(hello).not.toMatch(/STARTTLS/);
    expect(await smtp.say(`AUTH PLAIN ${btoa("\0user\0secret")}`)).toMatch(/^235/);
    const login = new Smtp(smtpPort);
    await login.reply();
    await login.say("EHLO 127.0.0.1");
    expect(await login.say("AUTH LOGIN")).toMatch(/^334/);
    expect(await login.say(btoa("user"))).toMatch(/^334/);
    expect(await login.say(btoa("secret"))).toMatch(/^235/);
    expect(await deliver(smtpPort)).toMatch(/^250 /);
  });

  it("is not offered otherwise", async () => {
    const { smtpPort } = await mail();
    const smtp = new Smtp(smtpPort);
    await smtp.reply();
    expect(await smtp.say("EHLO 127.0.0.1")).not.toMatch(/AUTH/);
    expect(await deliver(smtpPort)).toMatch(/^250 /);
  });
});

describe("what it keeps", () => {
  it("is there after a restart, attachments too", async () => {
    const first = await mail();
    await deliver(first.smtpPort, { id: "<kept@t>" });
    const before = await list(first.url);
    await first.close();
    const second = await mail({ dataDir: first.dataDir });
    expect(await list(second.url)).toEqual(before);
    const id = before.items[0]?.id;
    const response = await fetch(`${second.url}/api/messages/${id}/attachments/0`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PDF);
    await deliver(second.smtpPort, { id: "<kept@t>" });
    expect((await list(second.url)).items.map((item) => item.copy)).toEqual([2, 1]);
  });

  it("is bounded: the oldest messages go", async () => {
    const { url, smtpPort, dataDir } = await mail({ messagesMax: 2 });
    for (const id of ["<1@t>", "<2@t>", "<3@t>"]) await deliver(smtpPort, { id });
    expect((await list(url)).items.map((item) => item.messageId)).toEqual(["<3@t>", "<2@t>"]);
    expect(readdirSync(join(dataDir, "messages"))).toHaveLength(4);
  });

  it("is emptied on request", async () => {
    const { url, smtpPort, dataDir } = await mail();
    await deliver(smtpPort);
    const response = await fetch(`${url}/api/messages`, { method: "DELETE" });
    expect(await response.json()).toEqual({ removed: 1 });
    expect((await list(url)).total).toBe(0);
    expect(readdirSync(join(dataDir, "messages"))).toEqual([]);
  });
});

describe("misbehaving on request", () => {
  it("refuses, drops and loses answers as many times as it was told", async () => {
    const { url, smtpPort } = await mail();
    await fault(url, { rejectNext: 1 });
    expect(await deliver(smtpPort)).toMatch(/^451 /);
    expect((await list(url)).total).toBe(0);
    await fault(url, { dropNext: 1 });
    expect(await deliver(smtpPort)).toBe("closed");
    expect((await list(url)).total).toBe(0);
    await fault(url, { loseAnswerNext: 1 });
    expect(await deliver(smtpPort)).toBe("closed");
    expect((await list(url)).total).toBe(1);
    expect(await deliver(smtpPort)).toMatch(/^250 /);
    expect((await list(url)).items.map((item) => item.copy)).toEqual([2, 1]);
  });

  it("knows no mailbox at nowhere.example", async () => {
    const { smtpPort } = await mail();
    const smtp = new Smtp(smtpPort);
    await smtp.reply();
    await smtp.say("EHLO 127.0.0.1");
    await smtp.say("MAIL FROM: <no-reply@titan.test>");
    expect(await smtp.say("RCPT TO: <ani@nowhere.example>")).toMatch(/^550 5\.1\.1 /);
    expect(await smtp.say("RCPT TO: <ani@example.test>")).toMatch(/^250 /);
  });

  it("answers late until told otherwise", async () => {
    const { url, smtpPort } = await mail();
    await fault(url, { delayMs: 300 });
    const start = performance.now();
    expect(await deliver(smtpPort)).toMatch(/^250 /);
    expect(performance.now() - start).toBeGreaterThanOrEqual(299);
    expect(await (await fetch(`${url}/api/faults`, { method: "DELETE" })).json()).toMatchObject({
      delayMs: 0,
    });
  });

  it("refuses a fault that it does not know", async () => {
    const { url } = await mail();
    expect((await fault(url, { explode: 1 })).status).toBe(400);
    expect((await fault(url, { dropNext: -1 })).status).toBe(400);
  });
});
