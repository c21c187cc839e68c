/**
 * Sends dead letters and dead jobs again, in every market given (default: all local ones).
 *
 *   npm run redrive -- [--url http://127.0.0.1:8787] [--market id]
 *
 * SERVICE_KEY holds an API key with the scope `platform`; locally the demo's key is used.
 */
import { parseArgs } from "node:util";
import { openClient } from "./client.ts";

const { values } = parseArgs({ options: { url: { type: "string" }, market: { type: "string" } } });
for (const market of values.market ? [values.market] : ["id", "sg", "gb"]) {
  const client = await openClient({ url: values.url, market, scopes: ["platform"] });
  const total = { letters: 0, jobs: 0 };
  for (;;) {
    const { letters, jobs } = await client.post<{ letters: number; jobs: number }>(
      "/v1/dead-letters/redrive",
      {},
    );
    total.letters += letters;
    total.jobs += jobs;
    if (letters + jobs === 0) break;
  }
  console.log(`${market}: ${total.letters} messages and ${total.jobs} jobs sent again`);
}
