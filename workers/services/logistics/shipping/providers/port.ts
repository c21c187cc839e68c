import type { CellConfig } from "#kernel/cell";
import type { Currency } from "#kernel/money";
import type { Label, Party } from "../domain/label.ts";
import type { Destination, LiveProvider, LiveRate } from "../domain/rate.ts";

/** A parcel of a weight to be priced; whose it is and what is in it no carrier needs to know yet. */
export type RateAsk = {
  readonly origin: Party;
  readonly destination: Destination;
  readonly grams: number;
  readonly goodsMinor: bigint;
  readonly couriers: readonly string[];
};

/** A label that was made ready and costs nothing until it is bought. */
export type Prepared = { readonly ref: string; readonly costMinor: bigint };

export type Bought = {
  readonly trackingNumber: string;
  readonly costMinor: bigint;
  /** Null where the carrier makes no document: then the label is drawn here, with the carrier's number. */
  readonly pdf: Uint8Array | null;
  readonly zpl: string | null;
};

/** `later`: bought, and its number is still to come. */
export type Buying = Bought | { readonly later: true };
/** `asked`: the carrier will say later whether it takes the label back. */
export type Voiding = "voided" | "asked" | "refused";
export type Bill = { readonly billedMinor: bigint; readonly billedGrams: number | null };
export type PickupAsk = { readonly from: number; readonly until: number; readonly sender: Party };

/**
 * A platform of carriers. Whatever costs money is made ready first and bought under the name that it got, so
 * that buying again buys nothing new. A call whose outcome is not known throws `CarrierSilent`.
 */
export type CarrierPort = {
  readonly name: LiveProvider;
  rates(ask: RateAsk, signal: AbortSignal): Promise<readonly LiveRate[]>;
  prepare(label: Label): Promise<Prepared>;
  buy(ref: string, label: Label): Promise<Buying>;
  cancel(ref: string): Promise<Voiding>;
  /** What it is to be paid by now; undefined where it does not say. */
  bill(ref: string): Promise<Bill | undefined>;
  /** A courier comes for these; answers the name of the appointment. Undefined where he comes anyway. */
  pickup(refs: readonly string[], ask: PickupAsk): Promise<string | undefined>;
};

/** No answer, or none that can be read: whether it was carried out is not known. */
export class CarrierSilent extends Error {
  override readonly name = "CarrierSilent";
}

/** The carrier understood, and does not do it. */
export class CarrierRefused extends Error {
  override readonly name = "CarrierRefused";
}

export type Desk = {
  readonly config: Pick<CellConfig, "biteship" | "easypost">;
  readonly currency: Currency;
  readonly now: number;
};

/** A label is bought while a shop waits; a job asks again what did not answer. */
const CALL_TIMEOUT_MS = 8_000;
/** A label of several pages with pictures; beyond it somebody answers something else. */
const DOCUMENT_BYTES_MAX = 4 * 1024 * 1024;

type Call = {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
  readonly signal?: AbortSignal | undefined;
};
export type Answer = { readonly status: number; readonly body: unknown };

/** One HTTP call with JSON both ways; what is no answer throws `CarrierSilent`. */
export async function callJson(url: URL, { method, headers, body, signal }: Call): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: "application/json",
        ...(body && { "content-type": "application/json" }),
        ...headers,
      },
      signal: signal ?? AbortSignal.timeout(CALL_TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (response.status >= 500 || response.status === 429)
      throw new CarrierSilent(`answered ${response.status}`);
    return { status: response.status, body: answer };
  } catch (error) {
    if (error instanceof CarrierSilent) throw error;
    throw new CarrierSilent(error instanceof Error ? error.name : "no answer");
  }
}

/** A label's document from where the carrier says that it lies: over TLS, or where its API is. */
export async function fetchDocument(url: string, apiUrl: string): Promise<Uint8Array> {
  const at = new URL(url);
  if (at.protocol !== "https:" && at.origin !== new URL(apiUrl).origin)
    throw new CarrierSilent("label elsewhere");
  try {
    const response = await fetch(at, { signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!response.ok || bytes.byteLength === 0 || bytes.byteLength > DOCUMENT_BYTES_MAX) {
      throw new CarrierSilent(`label answered ${response.status}`);
    }
    return bytes;
  } catch (error) {
    if (error instanceof CarrierSilent) throw error;
    throw new CarrierSilent(error instanceof Error ? error.name : "no label");
  }
}
