import { join } from "node:path";
import {
  biteshipAccountOf,
  easypostAccounts,
  irisAccounts,
  LOCAL_CELLS,
  midtransKeysOf,
  STREAM_ACCOUNT,
  stripeKeysOf,
} from "./configuration.ts";
import { type Engine, superviseEngine } from "./supervisor.ts";

/** The SMTP catcher with its mailbox page. */
export const startMail = (dataDir: string, port: number, smtpPort: number): Promise<Engine> =>
  superviseEngine({
    name: "mail",
    entry: new URL("./mail/main.ts", import.meta.url),
    args: [JSON.stringify({ dataDir: join(dataDir, "mail"), port, smtpPort })],
  });

/** The payment provider's sandbox, with one merchant a cell. */
export function startMidtrans(
  dataDir: string,
  port: number,
  platformPort: number,
  say: (line: string) => void,
): Promise<Engine> {
  const merchants = LOCAL_CELLS.map((cell) => ({
    ...midtransKeysOf(cell),
    currency: { id: "IDR", sg: "SGD", gb: "GBP" }[cell],
    notificationUrl: `http://127.0.0.1:${platformPort}/v1/webhooks/midtrans`,
    finishUrl: `http://localhost:${platformPort}/docs`,
  }));
  const iris = { accounts: irisAccounts(`http://127.0.0.1:${platformPort}/v1/webhooks/iris`) };
  return superviseEngine({
    name: "midtrans",
    entry: new URL("./midtrans/main.ts", import.meta.url),
    args: [JSON.stringify({ dataDir: join(dataDir, "midtrans"), port, merchants, iris })],
    onState: (state, reason) => state === "restarting" && say(`midtrans sandbox restarts: ${reason}`),
  });
}

/** The other payment provider's sandbox, with one account a cell. */
export function startStripe(
  dataDir: string,
  port: number,
  platformPort: number,
  say: (line: string) => void,
): Promise<Engine> {
  const webhookUrl = `http://127.0.0.1:${platformPort}/v1/webhooks/stripe`;
  const accounts = LOCAL_CELLS.map((cell) => ({ ...stripeKeysOf(cell), webhookUrl, name: `Titan ${cell}` }));
  return superviseEngine({
    name: "stripe",
    entry: new URL("./stripe/main.ts", import.meta.url),
    args: [JSON.stringify({ dataDir: join(dataDir, "stripe"), port, accounts })],
    onState: (state, reason) => state === "restarting" && say(`stripe sandbox restarts: ${reason}`),
  });
}

/** The couriers' platform, with one account a cell. */
export function startBiteship(
  dataDir: string,
  port: number,
  platformPort: number,
  say: (line: string) => void,
): Promise<Engine> {
  const webhookUrl = `http://127.0.0.1:${platformPort}/v1/webhooks/biteship`;
  const accounts = LOCAL_CELLS.map((cell) => ({ ...biteshipAccountOf(cell), webhookUrl }));
  return superviseEngine({
    name: "biteship",
    entry: new URL("./biteship/main.ts", import.meta.url),
    args: [JSON.stringify({ dataDir: join(dataDir, "biteship"), port, accounts })],
    onState: (state, reason) => state === "restarting" && say(`biteship sandbox restarts: ${reason}`),
  });
}

/** The carriers' platform of the markets that Biteship does not serve. */
export function startEasypost(
  dataDir: string,
  port: number,
  platformPort: number,
  say: (line: string) => void,
): Promise<Engine> {
  const accounts = easypostAccounts(`http://127.0.0.1:${platformPort}/v1/webhooks/easypost`);
  return superviseEngine({
    name: "easypost",
    entry: new URL("./easypost/main.ts", import.meta.url),
    args: [JSON.stringify({ dataDir: join(dataDir, "easypost"), port, accounts })],
    onState: (state, reason) => state === "restarting" && say(`easypost sandbox restarts: ${reason}`),
  });
}

/** Stream's sandbox: RTMP in, HLS and DASH out. */
export function startStream(
  dataDir: string,
  {
    ffmpeg,
    ...at
  }: { readonly port: number; readonly rtmpPort: number; readonly platformPort: number; ffmpeg: string },
  say: (line: string) => void,
): Promise<Engine> {
  const { accountId, apiToken, webhookSecret, alertSecret } = STREAM_ACCOUNT;
  const url = `http://127.0.0.1:${at.platformPort}/v1/webhooks/stream`;
  const hooks = { webhook: { url, secret: webhookSecret }, alerts: { url, secret: alertSecret } };
  const { port, rtmpPort } = at;
  const options = { dataDir: join(dataDir, "stream"), port, rtmpPort, accountId, apiToken, ffmpeg, ...hooks };
  return superviseEngine({
    name: "stream",
    entry: new URL("./stream/main.ts", import.meta.url),
    args: [JSON.stringify(options)],
    onState: (state, reason) => state === "restarting" && say(`stream sandbox restarts: ${reason}`),
  });
}
