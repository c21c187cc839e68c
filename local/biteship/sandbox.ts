import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { Journal } from "../midtrans/journal.ts";
import { newSwitches } from "./faults.ts";
import { OrderDesk } from "./orders.ts";
import type { Account, Delivery, History, Parcel, Status } from "./types.ts";
import { notification, priceNotification, waybillNotification, wibTime } from "./wire.ts";

const TIMEOUT_MS = 10_000;
/** Notifications that the overview still knows. */
const DELIVERIES_MAX = 1_000;

export interface NewParcel {
  waybillId?: string;
  company: string;
  type: string;
  origin?: Parcel["origin"];
  destination?: Parcel["destination"];
  reference?: string;
  price?: number;
  cash?: number;
  waybillLater?: boolean;
}

/** What a parcel says of itself as it goes its usual way. */
const COURSE: readonly (readonly [Status, string])[] = [
  ["confirmed", "Order has been confirmed. Locating nearest driver to pick up."],
  ["allocated", "Courier has been allocated. Waiting to pick up."],
  ["picking_up", "Courier is on the way to pick up item."],
  ["picked", "SHIPMENT RECEIVED BY COUNTER OFFICER AT [JAKARTA]"],
  ["dropping_off", "RECEIVED AT SORTING CENTER [JAKARTA]"],
  ["dropping_off", "SHIPMENT FORWARDED TO DESTINATION [BANDUNG, HUB UTAMA]"],
  ["dropping_off", "WITH DELIVERY COURIER [BANDUNG, HUB UTAMA]"],
  ["delivered", "DELIVERED TO [ANI | BANDUNG]"],
];

/** The couriers' platform: parcels that go their way, and notifications of it. */
export class Sandbox {
  readonly accounts: readonly Account[];
  readonly faults = newSwitches();
  readonly desk: OrderDesk;
  readonly #parcels = new Map<string, Parcel>();
  readonly #journal: Journal<Parcel>;
  readonly #deliveries: Delivery[] = [];
  readonly #held: { delivery: Delivery; send: () => Promise<void> }[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stop = new AbortController();

  constructor(dataDir: string, accounts: readonly Account[]) {
    this.accounts = accounts;
    this.desk = new OrderDesk(dataDir);
    const { journal, records } = Journal.open<Parcel>(join(dataDir, "parcels.jsonl"));
    this.#journal = journal;
    for (const parcel of records) this.#parcels.set(parcel.waybillId, parcel);
  }

  close(): void {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#journal.close();
    this.desk.close();
  }

  accountOf(apiKey: string): Account | undefined {
    return this.accounts.find((account) => account.apiKey === apiKey);
  }

  create(account: Account, wanted: NewParcel): Parcel {
    const nobody = { contact_name: "", address: "" };
    const parcel: Parcel = {
      trackingId: randomBytes(12).toString("hex"),
      orderId: randomBytes(12).toString("hex"),
      apiKey: account.apiKey,
      waybillId: wanted.waybillId ?? `WYB-${randomBytes(5).toString("hex").toUpperCase()}`,
      company: wanted.company,
      type: wanted.type,
      origin: wanted.origin ?? nobody,
      destination: wanted.destination ?? nobody,
      reference: wanted.reference ?? null,
      price: wanted.price ?? 11_500,
      cash: wanted.cash ?? 0,
      ...(wanted.waybillLater && { waybillLater: true }),
      history: [],
    };
    this.#save(parcel);
    return parcel;
  }

  byWaybill(waybillId: string): Parcel | undefined {
    return this.#parcels.get(waybillId);
  }

  byOrder(orderId: string): Parcel | undefined {
    return [...this.#parcels.values()].find((parcel) => parcel.orderId === orderId);
  }

  byTracking(trackingId: string): Parcel | undefined {
    return [...this.#parcels.values()].find((parcel) => parcel.trackingId === trackingId);
  }

  parcels(): Parcel[] {
    return [...this.#parcels.values()];
  }

  deliveries(waybillId?: string): Delivery[] {
    return this.#deliveries.filter((one) => waybillId === undefined || one.waybillId === waybillId);
  }

  /** Something happens to the parcel, and its account is told; scans may be of a time long past. */
  scan(parcel: Parcel, { status, note, at }: { status: Status; note: string; at: number }): Parcel {
    const entry: History = { note, service_type: parcel.type, updated_at: wibTime(at), status };
    const history = [...parcel.history, entry].sort(
      (a, b) => Date.parse(a.updated_at) - Date.parse(b.updated_at),
    );
    const next = { ...parcel, history };
    this.#save(next);
    this.#notify(next);
    return next;
  }

  /** The courier weighed it and charges another price. */
  bill(parcel: Parcel, price: number): Parcel {
    const next = { ...parcel, price };
    this.#save(next);
    this.#notify(next, priceNotification(next));
    return next;
  }

  /** The courier has its number now. */
  number(parcel: Parcel): Parcel {
    const { waybillLater: _, ...next } = parcel;
    this.#save(next);
    this.#notify(next, waybillNotification(next));
    return next;
  }

  advance(parcel: Parcel): Parcel {
    const [status, note] = COURSE[Math.min(parcel.history.length, COURSE.length - 1)] ?? ["delivered", ""];
    return this.scan(parcel, { status, note, at: Date.now() });
  }

  /** Sends what is held, the newest first, each after the one before it was answered. */
  release(): void {
    const held = this.#held.splice(0).reverse();
    const sendAll = async () => {
      for (const { send } of held) await send();
    };
    sendAll().catch((error: unknown) => console.error(error));
  }

  #save(parcel: Parcel): void {
    this.#journal.append([parcel]);
    this.#parcels.set(parcel.waybillId, parcel);
    if (this.#journal.isLoose(this.#parcels.size)) this.#journal.rewrite(this.parcels());
  }

  #notify(parcel: Parcel, told: object = notification(parcel)): void {
    const account = this.accountOf(parcel.apiKey);
    if (!account) return;
    const { waybillId } = parcel;
    const isDropped = this.faults.take("drop", waybillId) === true;
    const isForged = this.faults.take("forge", waybillId) === true;
    const copies = this.faults.take("repeat", waybillId) ?? 1;
    const delayMs = this.faults.take("delayMs", waybillId) ?? 0;
    const batch = this.faults.take("reorder", waybillId);
    const body = JSON.stringify(told);
    const secret = isForged ? `forged-${randomUUID()}` : account.webhookSecret;
    for (let copy = 0; copy < (isDropped ? 1 : copies); copy += 1) {
      const status = parcel.history.at(-1)?.status ?? "confirmed";
      const state = isDropped ? "dropped" : batch === undefined ? "pending" : "held";
      const delivery: Delivery = { id: randomUUID(), waybillId, status, state };
      this.#deliveries.push(delivery);
      if (this.#deliveries.length > DELIVERIES_MAX) this.#deliveries.shift();
      const send = () => this.#post(account, { delivery, body, secret });
      if (state === "held") this.#held.push({ delivery, send });
      if (state === "pending") this.#later(delayMs, send);
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

  /** Once and no more: nothing says that Biteship tries again, so whoever missed it has to ask. */
  async #post(account: Account, { delivery, body, secret }: Sending): Promise<void> {
    try {
      const response = await fetch(account.webhookUrl, {
        method: "POST",
        headers: { "content-type": "application/json", [account.webhookHeader]: secret },
        body,
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      delivery.result = response.status;
    } catch (error) {
      delivery.result = error instanceof Error ? error.message : String(error);
    }
    delivery.state = "sent";
  }
}

interface Sending {
  delivery: Delivery;
  body: string;
  secret: string;
}
