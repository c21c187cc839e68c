import { join } from "node:path";
import { LOCAL_CELLS, midtransKeysOf } from "./configuration.ts";
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
  return superviseEngine({
    name: "midtrans",
    entry: new URL("./midtrans/main.ts", import.meta.url),
    args: [JSON.stringify({ dataDir: join(dataDir, "midtrans"), port, merchants })],
    onState: (state, reason) => state === "restarting" && say(`midtrans sandbox restarts: ${reason}`),
  });
}
