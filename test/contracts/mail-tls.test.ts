import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { TLSSocket } from "node:tls";
import { build } from "esbuild";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { expect, onTestFinished, test } from "vitest";
import { makeCertificate } from "../support/certificate.ts";
import { scratchDirectory } from "../support/scratch.ts";

const ROOT = join(import.meta.dirname, "../..");
const OWN = makeCertificate("localhost", Date.now());
const ELSEWHERE = makeCertificate("mail.example", Date.now());
const LOGIN = "titan:s%C3%A9same";

/** The mailer as the queue of e-mail has it: mails come as JSON, what became of them goes back. */
const WORKER = `
  import { mailerOf } from "./workers/services/social/notification/provider/mailer.ts";
  export default {
    async fetch(request, env) {
      const deferred = [];
      const config = { origin: "https://shop.example" };
      const mailer = mailerOf({ env, config, defer: (work) => deferred.push(work) });
      const sent = [];
      for (const mail of await request.json()) {
        sent.push(await mailer.send(mail).catch(({ message }) => ({ thrown: message })));
      }
      await Promise.all(deferred);
      return Response.json(sent);
    },
  };`;

const bundled = build({
  stdin: { contents: WORKER, resolveDir: ROOT },
  bundle: true,
  write: false,
  format: "esm",
  platform: "browser",
  external: ["cloudflare:*", "node:*"],
});

/** Certificates that the runtime is to trust are named before it is loaded. */
async function loadRuntime() {
  const { directory, remove } = scratchDirectory("certificates");
  const path = join(directory, "trusted.pem");
  writeFileSync(path, OWN.cert + ELSEWHERE.cert);
  process.env.NODE_EXTRA_CA_CERTS = path;
  const loaded = await import("miniflare");
  remove();
  return loaded;
}

const loading = loadRuntime();

async function openMailer(smtpUrl: string) {
  const { convertV4MiniflareOptions, Miniflare } = await loading;
  const [script] = (await bundled).outputFiles;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      modules: [{ type: "ESModule", path: "mailer.js", contents: script?.text ?? "" }],
      compatibilityDate: "2026-11-01",
      compatibilityFlags: ["nodejs_compat"],
      bindings: { SMTP_URL: smtpUrl },
      // The runtime tells of every handshake that it ends.
      handleStructuredLogs: () => undefined,
    }),
  );
  onTestFinished(() => miniflare.dispose());
  return async (...mails: readonly object[]) => {
    const body = JSON.stringify(mails);
    return (await miniflare.dispatchFetch("http://mailer/", { method: "POST", body })).json();
  };
}

type Taken = {
  readonly session: string;
  readonly isSecure: boolean;
  readonly user?: string;
  readonly body: string;
};

/** A server as providers run it: without TLS it takes neither a password nor a mail. */
async function openServer(options: SMTPServerOptions = {}) {
  const taken: Taken[] = [];
  const logins: string[] = [];
  const server = new SMTPServer({
    ...OWN,
    disableReverseLookup: true,
    closeTimeout: 200,
    onAuth: ({ username = "", password = "" }, { secure }, callback) => {
      logins.push(`${secure ? "TLS" : "plain"} ${username}:${password}`);
      callback(null, { user: username });
    },
    onData: (stream, { id, secure, user }, callback) => {
      void text(stream).then((body) => {
        taken.push({ session: id, isSecure: secure, ...(user && { user }), body });
        callback();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  server.listen(0, "0.0.0.0");
  await once(server.server, "listening");
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { taken, logins, port: (server.server.address() as AddressInfo).port };
}

const mail = (number: number) => ({
  messageId: `<${number}@titan.test>`,
  at: Date.UTC(2026, 10, 23),
  from: { name: "Titan", email: "no-reply@titan.test" },
  to: "ani@example.test",
  subject: `Pesanan ${number}`,
  text: "Terima kasih.",
  html: "<p>Terima kasih.</p>",
  headers: {},
  attachments: [],
});

test("a server that demands STARTTLS gets password and mails over TLS, in one conversation", async () => {
  const { taken, logins, port } = await openServer();
  const send = await openMailer(`smtp://${LOGIN}@localhost:${port}`);
  expect(await send(mail(1), mail(2))).toEqual([{ ok: true }, { ok: true }]);
  expect(logins).toEqual(["TLS titan:sésame"]);
  expect(taken).toMatchObject([
    { isSecure: true, user: "titan", body: expect.stringContaining("Message-ID: <1@titan.test>") },
    { isSecure: true, user: "titan", body: expect.stringContaining("Message-ID: <2@titan.test>") },
  ]);
  expect(new Set(taken.map(({ session }) => session)).size).toBe(1);
});

test("smtps: speaks TLS from the first byte", async () => {
  const { taken, logins, port } = await openServer({ secure: true });
  const send = await openMailer(`smtps://${LOGIN}@localhost:${port}`);
  expect(await send(mail(1))).toEqual([{ ok: true }]);
  expect(logins).toEqual(["TLS titan:sésame"]);
  expect(taken).toMatchObject([{ isSecure: true, user: "titan" }]);
});

test("a certificate that nobody vouches for, or another host's, gets neither password nor mail", async () => {
  const stranger = await openServer(makeCertificate("localhost", Date.now()));
  const send = await openMailer(`smtp://${LOGIN}@localhost:${stranger.port}`);
  expect(await send(mail(1))).toEqual([{ thrown: expect.any(String) }]);
  const elsewhere = await openServer(ELSEWHERE);
  const misled = await openMailer(`smtp://${LOGIN}@localhost:${elsewhere.port}`);
  expect(await misled(mail(1))).toEqual([{ thrown: expect.any(String) }]);
  expect([stranger.logins, stranger.taken, elsewhere.logins, elsewhere.taken]).toEqual([[], [], [], []]);
});

test("where the offer of TLS is hidden neither password nor mail is sent", async () => {
  // An address of this machine that is not one of those by which it calls itself.
  const open = (port: number) => openMailer(`smtp://${LOGIN}@127.0.0.2:${port}`);
  const readable = await openServer({ hideSTARTTLS: true, allowInsecureAuth: true });
  const unasked = await openServer({ disabledCommands: ["STARTTLS", "AUTH"], authOptional: true });
  for (const { port } of [readable, unasked]) {
    const send = await open(port);
    expect(await send(mail(1))).toEqual([{ thrown: "the mail server offers no TLS" }]);
  }
  expect([readable.logins, readable.taken, unasked.taken]).toEqual([[], [], []]);
});

test("what somebody in between said before TLS is not taken for the server's answer", async () => {
  const said: string[] = [];
  const server = createServer((plain) => {
    plain.on("error", () => undefined);
    plain.write("220 ready\r\n");
    let lines = 0;
    plain.on("data", () => {
      lines += 1;
      if (lines === 1) return void plain.write("250-mail\r\n250 STARTTLS\r\n");
      plain.removeAllListeners("data");
      plain.write("220 go\r\n250 nobody signs in here\r\n");
      const secured = new TLSSocket(plain, { isServer: true, ...OWN });
      secured.on("error", () => undefined);
      createInterface(secured).on("line", (line) => {
        said.push(line);
        secured.write(line.startsWith("EHLO") ? "250-mail\r\n250 AUTH PLAIN\r\n" : "421 busy\r\n");
      });
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const send = await openMailer(`smtp://${LOGIN}@localhost:${port}`);
  expect(await send(mail(1))).toEqual([{ thrown: "auth refused with 421" }]);
  expect(said).toEqual(["EHLO shop.example", expect.stringMatching(/^AUTH PLAIN /)]);
});
