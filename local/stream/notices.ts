import { createHmac, randomUUID } from "node:crypto";
import type { Library } from "./library.ts";
import type { Delivery } from "./types.ts";

/** The API's pages say nothing of repeats; these are ours: some minutes in all. */
const RETRY_AFTER_MS = [1_000, 5_000, 15_000, 60_000, 120_000];
const TIMEOUT_MS = 10_000;

export type NoticeOptions = {
  /** Where alerts about live inputs go, and the secret of that destination. */
  alerts: { url: string; secret: string } | undefined;
  /** Multiplies the intervals between repeats. */
  retryScale: number;
};

/** `time=<epoch seconds>,sig1=<hex HMAC-SHA-256 of "<time>.<body>">` */
function signatureOf(secret: string, seconds: number, body: string): string {
  const digest = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `time=${seconds},sig1=${digest}`;
}

/** Sends webhooks: written down before they are sent, and sent again until they are taken. */
export class Notices {
  readonly #library: Library;
  readonly #options: NoticeOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stop = new AbortController();
  /** How often each of the next notices is sent: a switch for tests. */
  copies = 1;

  constructor(library: Library, options: NoticeOptions) {
    this.#library = library;
    this.#options = options;
  }

  resume(): void {
    for (const delivery of this.#library.list("delivery")) {
      if (delivery.state === "pending") this.#schedule(delivery);
    }
  }

  /** A recording is ready, or failed. */
  video(body: object): void {
    const webhook = this.#library.find("webhook", "one");
    if (webhook) this.#send("video", webhook.notificationUrl, body);
  }

  /** https://developers.cloudflare.com/stream/stream-live/webhooks/ */
  input(inputUid: string, eventType: "live_input.connected" | "live_input.disconnected"): void {
    const { alerts } = this.#options;
    if (!alerts) return;
    const updatedAt = new Date().toISOString();
    const said = [
      "Notification type: Stream Live Input",
      `Input ID: ${inputUid}`,
      `Event type: ${eventType}`,
      `Updated at: ${updatedAt}`,
    ];
    this.#send("alert", alerts.url, {
      name: "Stream Live Input",
      text: said.join("\n"),
      data: {
        notification_name: "Stream Live Input",
        input_id: inputUid,
        event_type: eventType,
        updated_at: updatedAt,
      },
      ts: Math.floor(Date.now() / 1_000),
    });
  }

  close(): void {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #send(kind: Delivery["kind"], url: string, value: object): void {
    const body = JSON.stringify(value);
    for (let copy = 0; copy < this.copies; copy += 1) {
      const base = { id: randomUUID(), url, body, kind, state: "pending" as const };
      const delivery: Delivery = { ...base, nextAt: Date.now(), attempts: [] };
      this.#schedule(this.#library.put("delivery", delivery.id, delivery));
    }
  }

  #schedule({ id, nextAt }: Delivery): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#attempt(id).catch((error: unknown) => console.error(error));
      },
      Math.max(0, nextAt - Date.now()),
    );
    this.#timers.add(timer);
  }

  async #attempt(id: string): Promise<void> {
    const before = this.#library.find("delivery", id);
    if (before?.state !== "pending") return;
    const result = await this.#post(before);
    // Cut off by our own end: the next start sends it again.
    if (this.#stop.signal.aborted) return;
    const attempts = [...before.attempts, { at: Date.now(), result }];
    const taken = typeof result === "number" && result >= 200 && result < 300;
    const wait = RETRY_AFTER_MS[attempts.length - 1];
    const state = taken ? "delivered" : wait === undefined ? "failed" : "pending";
    const nextAt = Date.now() + (wait ?? 0) * this.#options.retryScale;
    const after = this.#library.put("delivery", id, { ...before, attempts, state, nextAt });
    if (state === "pending") this.#schedule(after);
  }

  async #post({ url, body, kind }: Delivery): Promise<number | string> {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...this.#proof(kind, body) },
        body,
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      return response.status;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #proof(kind: Delivery["kind"], body: string): Record<string, string> {
    if (kind === "alert") return { "cf-webhook-auth": this.#options.alerts?.secret ?? "" };
    const secret = this.#library.find("webhook", "one")?.secret ?? "";
    return { "webhook-signature": signatureOf(secret, Math.floor(Date.now() / 1_000), body) };
  }
}
