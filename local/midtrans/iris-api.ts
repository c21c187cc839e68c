import { type Call, type Endpoint, HttpFailure, json, parseJson, type Reply } from "../endpoints.ts";
import type { CallFailure } from "./faults.ts";
import type { Iris, IrisAccount, IrisPayout, IrisStatus } from "./iris.ts";

const TIMEOUT_FAULT_MS = 60_000;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

/**
 * https://docs.midtrans.com/reference/apis: the key is the name of Basic authentication, without a password.
 */
function accountOf(iris: Iris, call: Call, role: "creator" | "approver"): IrisAccount {
  const encoded = /^Basic (.+)$/i.exec(call.headers.authorization ?? "")?.[1] ?? "";
  const [key = ""] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const account = iris.account(key, role);
  if (!account) throw new HttpFailure(401, "HTTP Basic: Access denied.");
  return account;
}

async function failing(failure: CallFailure | undefined, work: () => Reply): Promise<Reply> {
  switch (failure) {
    case "http500":
    case "http503":
      return json(Number(failure.slice(4)), { error_message: "Sorry. Our system is recovering." });
    case "malformed":
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: '{"payouts":[{"status":"qu',
      };
    case "timeout":
      await wait(TIMEOUT_FAULT_MS);
      return { fault: "reset" };
    case "reset":
      return { fault: "reset" };
    case "lost":
      work();
      return { fault: "reset" };
    default:
      return work();
  }
}

const refuse = (message: string, errors: object = {}): Reply => json(400, { error_message: message, errors });

type Fields = Record<string, unknown>;
const text = (fields: Fields, name: string): string => (typeof fields[name] === "string" ? fields[name] : "");

function create(iris: Iris, call: Call): Reply {
  const account = accountOf(iris, call, "creator");
  const { payouts } = parseJson(call.body) as { payouts?: Fields[] };
  if (!Array.isArray(payouts) || payouts.length === 0)
    return refuse("An error occurred when creating payouts");
  const key = call.headers["x-idempotency-key"];
  const made: IrisPayout[] = [];
  for (const [index, wanted] of payouts.entries()) {
    const amount = text(wanted, "amount");
    if (!/^\d{1,15}(\.\d{1,2})?$/.test(amount) || Number(amount) < 10_000) {
      return refuse("An error occurred when creating payouts", { [index]: ["Amount is below the minimum"] });
    }
    const own = typeof key === "string" ? `${key}/${index}` : undefined;
    const payout = iris.create(account, own, {
      amount,
      notes: text(wanted, "notes"),
      beneficiary_name: text(wanted, "beneficiary_name"),
      beneficiary_account: text(wanted, "beneficiary_account"),
      beneficiary_bank: text(wanted, "beneficiary_bank"),
      beneficiary_email: text(wanted, "beneficiary_email"),
    });
    if (payout === "reused") return refuse("Identical request already processed before");
    made.push(payout);
  }
  return json(201, { payouts: made.map(({ status, reference_no }) => ({ status, reference_no })) });
}

function decide(iris: Iris, call: Call, status: "approved" | "rejected"): Reply {
  const account = accountOf(iris, call, "approver");
  const { reference_nos: references } = parseJson(call.body) as { reference_nos?: string[] };
  const found = (references ?? []).map((reference) => iris.find(account, reference));
  if (found.length === 0 || found.some((payout) => payout === undefined))
    return refuse("Unknown reference number");
  const all = found.map((payout) => payout !== undefined && iris.decide(payout, status));
  return all.every(Boolean) ? json(202, { status: "ok" }) : refuse("Payout is not in queued state");
}

/** An account number whose last digit is 0 does not exist; the others belong to whoever the test says. */
function validate(iris: Iris, call: Call): Reply {
  accountOf(iris, call, "creator");
  const account = call.url.searchParams.get("account") ?? "";
  const bank = call.url.searchParams.get("bank") ?? "";
  if (!/^\d{6,20}$/.test(account) || account.endsWith("0")) {
    return refuse("An error occurred when doing account validation", { account: ["Account does not exist"] });
  }
  return json(200, {
    id: `validated-${account}`,
    account_name: holderOf(account),
    account_no: account,
    bank_name: bank,
  });
}

const HOLDERS = ["BUDI SANTOSO", "AYU LESTARI", "SITI RAHMAWATI", "TOKO MAJU JAYA"];
/** The sandbox's people, by the last digit of the account number. */
const holderOf = (account: string): string => HOLDERS[Number(account.at(-1)) % HOLDERS.length] ?? "";

/** Payouts in Iris' wire format, below /iris, and the sandbox's own switches below /sandbox/iris. */
export function irisApi(iris: Iris): Endpoint[] {
  const get = (call: Call): Reply => {
    const payout = iris.find(accountOf(iris, call, "creator"), call.params.reference ?? "");
    return payout ? json(200, payout) : json(404, { error_message: "Payout not found" });
  };
  const api = (method: string, path: string, handler: Endpoint["handler"]): Endpoint => ({
    method,
    path: `/iris/api/v1${path}`,
    handler,
  });
  return [
    api("POST", "/payouts", (call) => failing(iris.take("createFails"), () => create(iris, call))),
    api("POST", "/payouts/approve", (call) =>
      failing(iris.take("approveFails"), () => decide(iris, call, "approved")),
    ),
    api("POST", "/payouts/reject", (call) => decide(iris, call, "rejected")),
    api("GET", "/payouts/{reference}", (call) => failing(iris.take("findFails"), () => get(call))),
    api("GET", "/account_validation", (call) =>
      failing(iris.take("validationFails"), () => validate(iris, call)),
    ),
    ...controls(iris),
  ];
}

function controls(iris: Iris): Endpoint[] {
  return [
    { method: "GET", path: "/sandbox/iris/payouts", handler: () => json(200, { items: iris.list() }) },
    {
      method: "POST",
      path: "/sandbox/iris/payouts/{reference}/{status}",
      handler: ({ params }) => {
        const payout = iris.list().find((one) => one.reference_no === params.reference);
        if (!payout) throw new HttpFailure(404, "no such payout");
        iris.move(payout, params.status as IrisStatus, params.status === "failed" ? "002" : undefined);
        return json(
          200,
          iris.list().find((one) => one.reference_no === params.reference),
        );
      },
    },
    {
      method: "POST",
      path: "/sandbox/iris/faults",
      handler: ({ body }) => {
        iris.addFaults(parseJson(body));
        return json(200, {});
      },
    },
    {
      method: "DELETE",
      path: "/sandbox/iris/faults",
      handler: () => {
        iris.resetFaults();
        return json(200, {});
      },
    },
  ];
}
