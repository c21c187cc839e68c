import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { Journal } from "../midtrans/journal.ts";
import { newSwitches } from "./faults.ts";
import { buildRates, trackingCodeOf } from "./rates.ts";
import type {
  Account,
  Delivery,
  Detail,
  NewShipment,
  Pickup,
  Rate,
  RefundStatus,
  Shipment,
} from "./types.ts";
import { eventBody, invoiceResult, trackerAnswer } from "./wire.ts";

/** EasyPost waits seven seconds for an answer. */
const TIMEOUT_MS = 7_000;
/** An event that was not taken comes again, a few times; here within seconds. */
const TRIES_MAX = 6;
const AGAIN_MS = 250;
const DELIVERIES_MAX = 1_000;

const idOf = (prefix: string): string => `${prefix}_${randomUUID().replaceAll("-", "")}`;

interface Sending {
  account: Account;
  delivery: Delivery;
  body: string;
  signature: string;
}

/** The platform of carriers: shipments that are bought and go their way, and events of it. */
export class Sandbox {
  readonly accounts: readonly Account[];
  readonly faults = newSwitches();
  readonly #shipments = new Map<string, Shipment>();
  readonly #pickups = new Map<string, Pickup>();
  readonly #journal: Journal<Shipment>;
  readonly #deliveries: Delivery[] = [];
  readonly #held: { send: () => Promise<void> }[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stop = new AbortController();

  constructor(dataDir: string, accounts: readonly Account[]) {
    this.accounts = accounts;
    const { journal, records } = Journal.open<Shipment>(join(dataDir, "shipments.jsonl"));
    this.#journal = journal;
    for (const shipment of records) this.#shipments.set(shipment.id, shipment);
  }

  close(): void {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#journal.close();
  }

  /** The key is the name in Basic authentication, its password is empty. */
  accountOf(authorization: string): Account | undefined {
    const basic = /^Basic (.+)$/.exec(authorization)?.[1];
    const [key] = Buffer.from(basic ?? "", "base64")
      .toString()
      .split(":");
    return this.accounts.find(({ apiKey }) => apiKey === key);
  }

  create(account: Account, wanted: NewShipment): Shipment {
    const factor = (this.faults.take("priceFactor", "shipments") ?? 100) / 100;
    const shipment: Shipment = {
      ...wanted,
      id: idOf("shp"),
      apiKey: account.apiKey,
      rates: buildRates(wanted, account.currency, factor).map((rate) => ({ id: idOf("rate"), ...rate })),
      formats: [],
      refund: null,
      details: [],
      createdAt: new Date().toISOString(),
    };
    return this.save(shipment);
  }

  /** A reference stands for its id, as it does at EasyPost. */
  find(name: string): Shipment | undefined {
    return this.#shipments.get(name) ?? this.shipments().find(({ reference }) => reference === name);
  }

  byLabel(labelId: string): Shipment | undefined {
    return this.shipments().find(({ bought }) => bought?.labelId === labelId);
  }

  byCode(trackingCode: string): Shipment | undefined {
    return this.shipments().find(({ bought }) => bought?.trackingCode === trackingCode);
  }

  shipments(): Shipment[] {
    return [...this.#shipments.values()];
  }

  save(shipment: Shipment): Shipment {
    this.#journal.append([shipment]);
    this.#shipments.set(shipment.id, shipment);
    if (this.#journal.isLoose(this.#shipments.size)) this.#journal.rewrite(this.shipments());
    return shipment;
  }

  buy(shipment: Shipment, rate: Rate, insurance: string | null): Shipment {
    const trackingCode = trackingCodeOf(rate.carrier, randomBytes(8));
    const bought = { rate, trackingCode, insurance, trackerId: idOf("trk"), labelId: idOf("pl") };
    const next = this.save({ ...shipment, bought, formats: ["PDF"] });
    this.#tell(next, "tracker.created", trackerAnswer(next) ?? {});
    return next;
  }

  refund(shipment: Shipment): Shipment {
    const refund: RefundStatus = this.faults.take("refundIs", "refund") ?? "submitted";
    return this.save({ ...shipment, refund });
  }

  /** The carrier has decided on a refund that was submitted. */
  settleRefund(shipment: Shipment, refund: RefundStatus): Shipment {
    const next = this.save({ ...shipment, refund });
    const result = { object: "Refund", id: idOf("rfnd"), shipment_id: shipment.id, status: refund };
    const tracking = { tracking_code: shipment.bought?.trackingCode, carrier: shipment.bought?.rate.carrier };
    if (refund === "refunded") this.#tell(next, "refund.successful", { ...result, ...tracking });
    return next;
  }

  scan(shipment: Shipment, detail: Detail): Shipment {
    const details = [...shipment.details, detail].sort(
      (a, b) => Date.parse(a.datetime) - Date.parse(b.datetime),
    );
    const next = this.save({ ...shipment, details });
    this.#tell(next, "tracker.updated", trackerAnswer(next) ?? {});
    return next;
  }

  /** The carrier measured it and charges another price. */
  invoice(shipment: Shipment, billed: { amount: string; ounces: number | null }): void {
    this.#tell(shipment, "shipment.invoice.created", invoiceResult(shipment, billed));
  }

  savePickup(pickup: Omit<Pickup, "id"> & { id?: string }): Pickup {
    const kept = { ...pickup, id: pickup.id ?? idOf("pickup") };
    this.#pickups.set(kept.id, kept);
    return kept;
  }

  pickup(id: string): Pickup | undefined {
    return this.#pickups.get(id);
  }

  deliveries(shipmentId?: string): Delivery[] {
    return this.#deliveries.filter((one) => shipmentId === undefined || one.shipmentId === shipmentId);
  }

  /** Sends what is held, the newest first, each after the one before it was answered. */
  release(): void {
    const held = this.#held.splice(0).reverse();
    const sendAll = async () => {
      for (const { send } of held) await send();
    };
    sendAll().catch((error: unknown) => console.error(error));
  }

  #tell(shipment: Shipment, description: string, result: object): void {
    const account = this.accounts.find(({ apiKey }) => apiKey === shipment.apiKey);
    if (!account) return;
    const isDropped = this.faults.take("drop", "events") === true;
    const isForged = this.faults.take("forge", "events") === true;
    const copies = isDropped ? 1 : (this.faults.take("repeat", "events") ?? 1);
    const delayMs = this.faults.take("delayMs", "events") ?? 0;
    const batch = this.faults.take("reorder", "events");
    const id = idOf("evt");
    const body = JSON.stringify(eventBody(id, description, result));
    const secret = isForged ? `forged-${randomUUID()}` : account.webhookSecret;
    const digest = createHmac("sha256", secret.normalize("NFKD")).update(body).digest("hex");
    const signature = `hmac-sha256-hex=${digest}`;
    for (let copy = 0; copy < copies; copy += 1) {
      const state = isDropped ? "dropped" : batch === undefined ? "pending" : "held";
      const delivery: Delivery = { id, shipmentId: shipment.id, description, state, tries: 0 };
      this.#deliveries.push(delivery);
      if (this.#deliveries.length > DELIVERIES_MAX) this.#deliveries.shift();
      const sending = { account, delivery, body, signature };
      if (state === "held") this.#held.push({ send: () => this.#post(sending) });
      if (state === "pending") this.#later(delayMs, () => this.#post(sending));
    }
    if (batch !== undefined && this.#held.length >= batch) this.release();
  }

  #later(ms: number, send: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send().catch((error: unknown) => console.error(error));
    }, ms);
    this.#timers.add(timer);
  }

  async #post(sending: Sending): Promise<void> {
    const { account, delivery, body, signature } = sending;
    delivery.tries += 1;
    try {
      const response = await fetch(account.webhookUrl, {
        method: "POST",
        headers: { "content-type": "application/json", "x-hmac-signature": signature },
        body,
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      delivery.result = response.status;
    } catch (error) {
      delivery.result = error instanceof Error ? error.message : String(error);
    }
    delivery.state = "sent";
    const isTaken = typeof delivery.result === "number" && delivery.result < 300;
    if (isTaken || delivery.tries >= TRIES_MAX || this.#stop.signal.aborted) return;
    this.#later(AGAIN_MS * 2 ** delivery.tries, () => this.#post(sending));
  }
}
