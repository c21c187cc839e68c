import type { Platform } from "./platform.ts";

type Announced = {
  readonly platform: Omit<Platform, "engines" | "sandboxes" | "bindings" | "reload" | "stop"> & {
    readonly engines: Pick<Platform["engines"], "redisBackend">;
  };
  /** Where what persists lies, as it is typed from here. */
  readonly dataDir: string;
  readonly logins: readonly string[];
};

/** What a start says once it serves: every address, who may sign in, and what is not as elsewhere. */
export function announce({ platform, dataDir, logins }: Announced): string {
  const { url, mailUrl, midtransUrl, stripeUrl, biteshipUrl, easypostUrl, streamUrl, engines } = platform;
  const localhost = url.replace("127.0.0.1", "localhost");
  const redis =
    engines.redisBackend === "built-in"
      ? "No redis-server or valkey-server on PATH: the built-in engine serves."
      : `Redis is ${engines.redisBackend} from PATH.`;
  return [
    "",
    `  Storefront   ${localhost}         in Indonesian; ${localhost}/en in English`,
    `  Sellers      ${localhost}/shop`,
    `  Operator     ${localhost}/operator`,
    "",
    `  API          ${localhost}/v1      markets by X-Market: id, sg, gb`,
    `  Reference    ${localhost}/docs    ${localhost}/openapi.json`,
    `  Health       ${localhost}/healthz ${localhost}/readyz`,
    `  Metrics      ${localhost}/metrics`,
    `  Mailbox      ${mailUrl}`,
    `  Payments     ${midtransUrl}       the Midtrans sandbox`,
    `               ${stripeUrl}       the Stripe sandbox`,
    `  Couriers     ${biteshipUrl}       the Biteship sandbox`,
    `               ${easypostUrl}       the EasyPost sandbox`,
    ...(streamUrl ? [`  Live video   ${streamUrl}       the Stream sandbox`] : []),
    "",
    ...logins.map((login) => `  ${login}`),
    "",
    `  ${redis}`,
    `  Data is in ${dataDir}/. Ctrl-C stops everything; npm start -- --reset starts afresh.`,
    "",
  ].join("\n");
}
