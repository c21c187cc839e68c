import { createHash, randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { Alarms } from "./alarms.ts";
import { CALL_FAILURES, type CallFailure } from "./faults.ts";
import { Journal } from "./journal.ts";

/** A merchant's side of Iris: one key makes payouts, another approves them, the third signs notifications. */
export interface IrisAccount {
  creatorKey: string;
  approverKey: string;
  merchantKey: string;
  notificationUrl?: string;
}

export interface IrisOptions {
  accounts: IrisAccount[];
  /** Between approved, processed and completed. */
  stepMs?: number;
}

export type IrisStatus = "queued" | "approved" | "rejected" | "processed" | "completed" | "failed";

export interface IrisPayout {
  reference_no: string;
  amount: string;
  status: IrisStatus;
  beneficiary_name: string;
  beneficiary_account: string;
  beneficiary_bank: string;
  beneficiary_email: string;
  notes: string;
  created_by: string;
  created_at: string;
  updated_at: string;
  error_code?: string;
  error_message?: string;
}

interface Kept {
  account: string;
  key: string;
  hash: string;
  reference: string;
}
type Entry = { kind: "payout"; account: string; value: IrisPayout } | { kind: "key"; value: Kept };

/** What may be switched on; a switch holds `times` often, or until it is taken back. */
export interface IrisFaults {
  createFails?: CallFailure;
  approveFails?: CallFailure;
  findFails?: CallFailure;
  validationFails?: CallFailure;
  /** The bank refuses it, with this error code. */
  bankFails?: string;
  /** The bank takes it and gives it back. */
  bounces?: boolean;
  /** Nothing happens to it after it was approved. */
  stalls?: boolean;
  /** Notifications: sent so often, not at all, with a signature of another key, or of another amount. */
  repeat?: number;
  drop?: boolean;
  forge?: boolean;
  wrongAmount?: boolean;
  /** Notifications wait this long. */
  delayMs?: number;
}
type Rule = { faults: IrisFaults; left: number };

/** https://docs.midtrans.com/reference/error-code-and-messages */
const BANK_ERRORS: Record<string, string> = {
  "002": "Invalid destination account number",
  "009": "Bank balance is not enough",
  "012": "Beneficiary account is blocked",
};
const STEP_MS = 150;
const BOUNCE = "002";

/** The payouts of every account; what was answered survives a kill. */
export class Iris {
  readonly #accounts: IrisAccount[];
  readonly #stepMs: number;
  readonly #journal: Journal<Entry>;
  readonly #payouts = new Map<string, { account: string; value: IrisPayout }>();
  readonly #keys = new Map<string, Kept>();
  readonly #alarms = new Alarms();
  #rules: Rule[] = [];

  constructor(dataDir: string, { accounts, stepMs = STEP_MS }: IrisOptions) {
    this.#accounts = accounts;
    this.#stepMs = stepMs;
    const { journal, records } = Journal.open<Entry>(join(dataDir, "iris.jsonl"));
    this.#journal = journal;
    for (const record of records) this.#learn(record);
    for (const { value } of this.#payouts.values()) this.#arm(value);
  }

  account(key: string, role: "creator" | "approver"): IrisAccount | undefined {
    return this.#accounts.find((one) => key !== "" && key === one[`${role}Key`]);
  }

  /** The same key is the same payout; with another body it is refused. */
  create(
    account: IrisAccount,
    key: string | undefined,
    wanted: Pick<IrisPayout, "amount" | "notes"> & Beneficiary,
  ): IrisPayout | "reused" {
    const name = `${account.creatorKey} ${key}`;
    const hash = createHash("sha256").update(JSON.stringify(wanted)).digest("hex");
    const kept = key === undefined ? undefined : this.#keys.get(name);
    if (kept && kept.hash !== hash) return "reused";
    const known = kept && this.find(account, kept.reference);
    if (known) return known;
    const at = new Date().toISOString();
    const reference = randomBytes(9).toString("hex");
    const value: IrisPayout = {
      ...wanted,
      reference_no: reference,
      status: "queued",
      created_by: "Local Creator",
      created_at: at,
      updated_at: at,
    };
    const entries: Entry[] = [{ kind: "payout", account: account.creatorKey, value }];
    if (key !== undefined)
      entries.push({ kind: "key", value: { account: account.creatorKey, key: name, hash, reference } });
    this.#save(entries);
    return value;
  }

  find(account: IrisAccount, reference: string): IrisPayout | undefined {
    const found = this.#payouts.get(reference);
    return found?.account === account.creatorKey ? found.value : undefined;
  }

  list(): IrisPayout[] {
    return [...this.#payouts.values()].map(({ value }) => value);
  }

  /** Approved or turned down by a person; only what waits can be. */
  decide(payout: IrisPayout, status: "approved" | "rejected"): boolean {
    if (payout.status !== "queued") return false;
    this.#move(payout, status);
    return true;
  }

  /** What a bank does of its own accord. */
  move(payout: IrisPayout, status: IrisStatus, code?: string): void {
    this.#move(payout, status, code);
  }

  addFaults(input: unknown): void {
    const { times = Number.POSITIVE_INFINITY, ...faults } = input as IrisFaults & { times?: number };
    for (const name of ["createFails", "approveFails", "findFails", "validationFails"] as const) {
      const failure = faults[name];
      if (failure !== undefined && !CALL_FAILURES.includes(failure))
        throw new Error(`no such failure: ${failure}`);
    }
    this.#rules.push({ faults, left: times });
  }

  resetFaults(): void {
    this.#rules = [];
  }

  take<N extends keyof IrisFaults>(name: N): IrisFaults[N] | undefined {
    const rule = this.#rules.find(({ faults, left }) => left > 0 && faults[name] !== undefined);
    if (!rule) return undefined;
    rule.left -= 1;
    return rule.faults[name];
  }

  close(): void {
    this.#alarms.close();
    this.#journal.close();
  }

  #learn(entry: Entry): void {
    if (entry.kind === "key") this.#keys.set(entry.value.key, entry.value);
    else this.#payouts.set(entry.value.reference_no, { account: entry.account, value: entry.value });
  }

  #save(entries: Entry[]): void {
    this.#journal.append(entries);
    for (const entry of entries) this.#learn(entry);
  }

  #move(payout: IrisPayout, status: IrisStatus, code?: string): void {
    const account = this.#payouts.get(payout.reference_no)?.account ?? "";
    const error =
      code === undefined ? {} : { error_code: code, error_message: BANK_ERRORS[code] ?? "General error" };
    const value = { ...payout, status, updated_at: new Date().toISOString(), ...error };
    this.#save([{ kind: "payout", account, value }]);
    this.#notify(account, value);
    this.#arm(value);
  }

  /** What time does: the bank takes it, or does not, or gives it back. */
  #arm(payout: IrisPayout): void {
    this.#alarms.clear(payout.reference_no);
    if (payout.status !== "approved" && payout.status !== "processed") return;
    this.#alarms.set(payout.reference_no, Date.now() + this.#stepMs, () => {
      if (payout.status === "approved") {
        if (this.take("stalls") !== true) this.#move(payout, "processed");
        return;
      }
      const code = this.take("bankFails");
      if (code !== undefined) return this.#move(payout, "failed", code);
      const bounces = this.take("bounces") === true;
      this.#move(payout, "completed");
      if (!bounces) return;
      const back = Date.now() + this.#stepMs;
      this.#alarms.set(payout.reference_no, back, () => {
        this.#move({ ...payout, status: "completed" }, "failed", BOUNCE);
      });
    });
  }

  #notify(creatorKey: string, payout: IrisPayout): void {
    const account = this.#accounts.find((one) => one.creatorKey === creatorKey);
    const url = account?.notificationUrl;
    if (!account || !url || this.take("drop") === true) return;
    const { reference_no, status, updated_at, error_code, error_message } = payout;
    const amount = this.take("wrongAmount") === true ? `${Number(payout.amount) + 1}.00` : payout.amount;
    const body = JSON.stringify({ reference_no, amount, status, updated_at, error_code, error_message });
    const merchantKey = this.take("forge") === true ? `forged-${randomUUID()}` : account.merchantKey;
    const copies = this.take("repeat") ?? 1;
    const delayMs = this.take("delayMs") ?? 0;
    for (let copy = 0; copy < copies; copy += 1) {
      this.#alarms.set(randomUUID(), Date.now() + delayMs, () => void post(url, body, merchantKey));
    }
  }
}

type Beneficiary = Pick<
  IrisPayout,
  "beneficiary_name" | "beneficiary_account" | "beneficiary_bank" | "beneficiary_email"
>;

/** https://docs.midtrans.com/reference/notification-payload-1 */
const irisSignature = (body: string, merchantKey: string): string =>
  createHash("sha512")
    .update(body + merchantKey)
    .digest("hex");

/** Tried three times: whoever was away asks by himself. */
async function post(url: string, body: string, merchantKey: string): Promise<void> {
  const headers = { "content-type": "application/json", "iris-signature": irisSignature(body, merchantKey) };
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);
    if (answer?.ok || (answer && answer.status < 500)) return;
    await new Promise((resolve) => setTimeout(resolve, 500 * attempt).unref());
  }
}
