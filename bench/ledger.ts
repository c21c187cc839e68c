import pg from "pg";
import { type Account, cashOf, platformOf } from "../workers/services/transaction/wallet/domain/accounts.ts";
import { accountRow } from "../workers/services/transaction/wallet/repository/ledger.ts";
import { median, type Row, row } from "./row.ts";
import type { Stage } from "./stage.ts";

const CONNECTIONS = 32;
const ACCOUNTS = 2_000;
/** Of a settlement of many orders: one round trip and one commit. */
const BATCH = 50;
/** Ours and the bare rows take turns, so that what else the machine does falls on both. */
const ROUNDS = 3;
const WARM_UP_SECONDS = 0.4;
const FUNDS_MINOR = 1_000_000_000_000n;

type Work = (client: pg.PoolClient, turn: number) => Promise<unknown>;

/**
 * Commits a second of as many connections as there are, each with its next as soon as the last is through.
 */
async function rate(pool: pg.Pool, seconds: number, work: Work): Promise<number> {
  let turn = 0;
  let done = 0;
  const startedAt = performance.now();
  const end = startedAt + seconds * 1_000;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = await pool.connect();
      try {
        while (performance.now() < end) {
          turn += 1;
          await work(client, turn);
          done += 1;
        }
      } finally {
        client.release();
      }
    }),
  );
  return done / ((performance.now() - startedAt) / 1_000);
}

const people = Array.from({ length: ACCOUNTS }, (_, n) => cashOf(`usr_bench${n}`, "IDR"));
const personOf = (n: number): Account => people[n % ACCOUNTS] as Account;
const platform = platformOf("payments", "IDR");

let named = 0;
function transferOf(debit: Account, credit: Account, amountMinor = 1n) {
  named += 1;
  const id = `bench/${process.pid}/${named}`;
  const parties = { debit: debit.id, credit: credit.id, currency: "IDR" };
  return {
    id,
    phase: "direct",
    kind: "adjustment",
    ...parties,
    amount_minor: `${amountMinor}`,
    forced: false,
  };
}

type Wanted = ReturnType<typeof transferOf>;
const post = (
  client: pg.PoolClient | pg.Pool,
  transfers: readonly Wanted[],
  accounts: readonly Account[] = [],
) => {
  const batch = {
    now: new Date().toISOString(),
    actor: "bench",
    accounts: accounts.map(accountRow),
    transfers,
  };
  return client.query({ name: "post", text: "SELECT ledger_post($1)", values: [JSON.stringify(batch)] });
};

/** Accounts with money, and as many bare rows. */
async function prepare(pool: pg.Pool): Promise<void> {
  const transfers = people.map((person) => transferOf(platform, person, FUNDS_MINOR));
  await post(pool, transfers, [platform, ...people]);
  await pool.query(
    "CREATE TABLE bare_account (id int PRIMARY KEY, balance bigint NOT NULL) WITH (fillfactor = 50)",
  );
  await pool.query(`INSERT INTO bare_account SELECT n, 0 FROM generate_series(0, ${ACCOUNTS - 1}) AS n`);
}

const bare = (client: pg.PoolClient, id: number) =>
  client.query({
    name: "bare",
    text: "UPDATE bare_account SET balance = balance + 1 WHERE id = $1",
    values: [id],
  });

type Race = { readonly name: string; readonly ours: Work; readonly limit: Work; readonly perCommit?: number };

/**
 * Transfers a second by the ledger's own function, against one UPDATE a commit of the same Postgres: of rows
 * that do not meet, and of one row that everybody wants.
 */
const RACES: readonly Race[] = [
  {
    name: "disjoint wallets, a transfer a commit",
    ours: (client, turn) => post(client, [transferOf(personOf(turn * 2), personOf(turn * 2 + 1))]),
    limit: (client, turn) => bare(client, turn % ACCOUNTS),
  },
  {
    name: `disjoint wallets, ${BATCH} transfers a commit`,
    ours: (client, turn) => {
      const base = (turn * BATCH * 2) % ACCOUNTS;
      const pair = (n: number) => transferOf(personOf(base + n * 2), personOf(base + n * 2 + 1));
      return post(
        client,
        Array.from({ length: BATCH }, (_, n) => pair(n)),
      );
    },
    limit: (client, turn) => bare(client, turn % ACCOUNTS),
    perCommit: BATCH,
  },
  {
    name: "all to the platform's account (folded), a transfer a commit",
    ours: (client, turn) => post(client, [transferOf(personOf(turn), platform)]),
    limit: (client) => bare(client, 0),
  },
  {
    name: `all to the platform's account (folded), ${BATCH} a commit`,
    ours: (client, turn) => {
      const wanted = Array.from({ length: BATCH }, (_, n) =>
        transferOf(personOf(turn * BATCH + n), platform),
      );
      return post(client, wanted);
    },
    limit: (client) => bare(client, 0),
    perCommit: BATCH,
  },
  {
    name: "all to one wallet (strict), a transfer a commit",
    ours: (client, turn) => post(client, [transferOf(personOf(1 + (turn % (ACCOUNTS - 1))), personOf(0))]),
    limit: (client) => bare(client, 0),
  },
];

/** The fold goes on beside the load, as the job does. */
function keepFolding(pool: pg.Pool): () => Promise<void> {
  let isOver = false;
  const fold = async () => {
    while (!isOver) {
      await pool.query("SELECT ledger_fold($1, 20000)", [new Date().toISOString()]);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const folding = fold();
  return async () => {
    isOver = true;
    await folding;
  };
}

export async function benchLedger(stage: Stage, seconds: number): Promise<readonly Row[]> {
  const pool = new pg.Pool({ connectionString: stage.postgresUrl, max: CONNECTIONS + 1 });
  try {
    await prepare(pool);
    const stopFolding = keepFolding(pool);
    stage.say(`ledger: ${CONNECTIONS} connections, ${ACCOUNTS} wallets, ${ROUNDS} rounds each way`);
    const rows: Row[] = [];
    for (const { name, ours, limit, perCommit = 1 } of RACES) {
      // Connections plan their statements at first use.
      await rate(pool, WARM_UP_SECONDS, ours);
      await rate(pool, WARM_UP_SECONDS, limit);
      const rounds: { readonly ours: number; readonly limit: number }[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const slice = seconds / ROUNDS / 2;
        const mine = (await rate(pool, slice, ours)) * perCommit;
        rounds.push({ ours: mine, limit: await rate(pool, slice, limit) });
      }
      const middle = median(rounds.map((one) => one.ours / one.limit));
      const best = rounds.find((one) => one.ours / one.limit === middle);
      if (best) rows.push(row(name, best.ours, "transfers/s", best.limit));
    }
    await stopFolding();
    return rows;
  } finally {
    await pool.end();
  }
}
