import { WebSocket } from "ws";
import type { BuyerId } from "../../workers/services/marketing/flash-sale/domain/entry.ts";

/** What has been answered so far, over every kill. */
export class Ledger {
  claims = 0;
  accepted = 0;
  duplicates = 0;
  doubleHolds = 0;
  readonly refused = new Map<string, number>();
  /** The newest hold, for who wants to order it. */
  latest: { readonly buyerId: BuyerId; readonly holdId: string } | undefined;
  /** The hold that a buyer's key was answered with. */
  readonly holds = new Map<string, string>();

  hear({ buyerId, cid }: Claim, frame: Frame): void {
    this.claims += 1;
    if (frame.t === "error") {
      const code = frame.code ?? "";
      this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
      return;
    }
    this.accepted += 1;
    const slot = `${buyerId} ${cid}`;
    const before = this.holds.get(slot);
    const holdId = frame.hold?.id ?? "";
    if (before === undefined) {
      this.holds.set(slot, holdId);
      this.latest = { buyerId, holdId };
    } else if (before === holdId) this.duplicates += 1;
    else this.doubleHolds += 1;
  }
}

export type Claim = { readonly buyerId: BuyerId; readonly cid: string };
type Frame = {
  readonly t: string;
  readonly code?: string;
  readonly hold?: { readonly id: string };
};

/**
 * A socket that claims without rest. What had no answer when its socket died is claimed again on the next one
 * with the same key, as a client does that does not know whether it was heard.
 */
export class Claimant {
  readonly #next: () => Claim;
  readonly #ledger: Ledger;
  readonly #inFlight: number;
  #unanswered: Claim[] = [];
  #socket: WebSocket | undefined;
  #isStopping = false;

  constructor(ledger: Ledger, inFlight: number, next: () => Claim) {
    this.#ledger = ledger;
    this.#inFlight = inFlight;
    this.#next = next;
  }

  open(url: string): Promise<void> {
    const socket = new WebSocket(url, ["titan.v1"], { perMessageDeflate: false });
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("open", () => {
        socket.off("error", reject);
        socket.on("error", () => undefined);
        socket.on("message", (data) => this.#hear(JSON.parse(String(data)) as Frame));
        const again = this.#unanswered;
        this.#unanswered = [];
        for (const claim of again) this.#send(claim);
        while (this.#unanswered.length < this.#inFlight) this.#send(this.#next());
        resolve();
      });
    });
  }

  /** Sends nothing new; resolves when all is answered or the socket is gone. */
  async drain(): Promise<void> {
    this.#isStopping = true;
    while (this.#unanswered.length > 0 && this.#socket?.readyState === WebSocket.OPEN) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  close(): void {
    this.#isStopping = false;
    this.#socket?.terminate();
  }

  #send(claim: Claim): void {
    this.#unanswered.push(claim);
    const { buyerId, cid } = claim;
    this.#socket?.send(`{"t":"claim","cid":"${cid}","quantity":1,"buyerId":"${buyerId}"}`);
  }

  #hear(frame: Frame & { readonly cid?: string; readonly re?: string }): void {
    if (frame.t !== "ack" && frame.t !== "error") return;
    const cid = frame.cid ?? frame.re;
    // No two buyers of a socket share a key, and two claims of one key have one answer.
    const i = this.#unanswered.findIndex((claim) => claim.cid === cid);
    const [claim] = i < 0 ? [] : this.#unanswered.splice(i, 1);
    if (claim === undefined) return;
    this.#ledger.hear(claim, frame);
    if (!this.#isStopping && this.#socket?.readyState === WebSocket.OPEN) this.#send(this.#next());
  }
}
