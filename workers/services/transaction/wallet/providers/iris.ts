import type { z } from "zod";
import { toDecimal } from "../domain/csv.ts";
import type { Payout } from "../domain/payout.ts";
import { toReport, zCreated, zIrisPayout, zRefused, zValidated } from "./iris-wire.ts";
import type { Desk, PayoutProvider } from "./port.ts";
import { PayoutSilent } from "./port.ts";

const CALL_TIMEOUT_MS = 8_000;
/** Our keys are wrong, or we ask too fast: neither says anything about the payout. */
const NOT_AN_ANSWER = [401, 403, 408, 409, 425, 429];

type Answer = { readonly status: number; readonly body: unknown };
type Account = NonNullable<Desk["config"]["iris"]> & { readonly timeoutMs: number };

async function callIris(
  { apiUrl, timeoutMs }: Account,
  key: string,
  path: string,
  { body, idempotencyKey }: { readonly body?: object; readonly idempotencyKey?: string } = {},
): Promise<Answer> {
  const headers = new Headers({ accept: "application/json", authorization: `Basic ${btoa(`${key}:`)}` });
  if (body) headers.set("content-type", "application/json");
  if (idempotencyKey) headers.set("x-idempotency-key", idempotencyKey);
  const method = body ? "POST" : "GET";
  const init = { method, headers, signal: AbortSignal.timeout(timeoutMs) };
  try {
    const response = await fetch(`${apiUrl}${path}`, body ? { ...init, body: JSON.stringify(body) } : init);
    if (response.status >= 500 || NOT_AN_ANSWER.includes(response.status)) {
      throw new PayoutSilent(`${method} answered ${response.status}`);
    }
    return { status: response.status, body: await response.json() };
  } catch (error) {
    if (error instanceof PayoutSilent) throw error;
    throw new PayoutSilent(error instanceof Error ? error.name : "no answer");
  }
}

/** An answer of success that cannot be read says as little as none. */
function read<S extends z.ZodType>(schema: S, { status, body }: Answer): z.output<S> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new PayoutSilent(`answer ${status} is malformed`);
  return parsed.data;
}

const isGood = ({ status }: Answer): boolean => status >= 200 && status < 300;
const noteOf = ({ status, body }: Answer): string =>
  `${status} ${zRefused.safeParse(body).data?.error_message ?? ""}`.trim().slice(0, 200);

/** Alphanumerics and spaces, which is what the receiver's bank shows. */
const notesOf = ({ id }: Payout): string => `Payout ${id.slice(4)}`;

const beneficiary = (payout: Payout) => ({
  beneficiary_name: payout.holderName,
  beneficiary_account: payout.accountNumber,
  beneficiary_bank: payout.bank,
  beneficiary_email: payout.email,
  amount: toDecimal(payout.amountMinor),
  notes: notesOf(payout),
});

/** https://docs.midtrans.com/reference/create-payout: one key makes payouts and another approves them. */
export function iris({ config, timeoutMs = CALL_TIMEOUT_MS }: Desk): PayoutProvider {
  if (!config.iris) throw new Error("this cell has no payout provider");
  const account = { ...config.iris, timeoutMs };
  const { creatorKey, approverKey } = account;
  return {
    async send(payout) {
      const body = { payouts: [beneficiary(payout)] };
      const call = { body, idempotencyKey: payout.id };
      const answer = await callIris(account, creatorKey, "/api/v1/payouts", call);
      if (!isGood(answer)) return { kind: "refused", note: noteOf(answer) };
      const [created] = read(zCreated, answer).payouts;
      if (!created) throw new PayoutSilent("an answer without its payout");
      const { amountMinor } = payout;
      return {
        kind: "sent",
        report: { referenceNo: created.reference_no, state: "sent", amountMinor, note: null },
      };
    },
    async approve({ id, referenceNo }) {
      const body = { reference_nos: [referenceNo] };
      const call = { body, idempotencyKey: `a-${id}` };
      // Refused where it was approved or turned down already: what is true is asked for afterwards.
      await callIris(account, approverKey, "/api/v1/payouts/approve", call);
    },
    async find(referenceNo) {
      const answer = await callIris(
        account,
        creatorKey,
        `/api/v1/payouts/${encodeURIComponent(referenceNo)}`,
      );
      return isGood(answer) ? toReport(read(zIrisPayout, answer)) : undefined;
    },
    async holderOf({ bank, accountNumber }) {
      const query = new URLSearchParams({ bank, account: accountNumber });
      const answer = await callIris(account, creatorKey, `/api/v1/account_validation?${query}`);
      return isGood(answer) ? read(zValidated, answer).account_name : undefined;
    },
  };
}
