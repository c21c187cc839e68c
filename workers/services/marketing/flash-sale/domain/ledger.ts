/** What the coordinator knows of one shard. The totals only grow; `free` is what it last said. */
export type Account = { dealt: number; returned: number; free: number };
export type Totals = { readonly dealt: number; readonly returned: number; readonly free: number };

/** While there is plenty a shard is dealt a share of half the pool, at the end one unit. */
export const quantumOf = (pool: number, shards: number): number => Math.ceil(pool / (2 * shards));

/** What a shard gives up when the pool is empty: half of what lies free, the last unit included. */
export const spareOf = (free: number): number => Math.ceil(free / 2);

/**
 * The coordinator's side of the dealing, as values. A total is written by one side only: `dealt` here,
 * `returned` by the shard; so a message that comes late, twice or never cannot make a unit or lose one.
 */
export class Ledger {
  readonly quota: number;
  readonly accounts: Account[];

  constructor(quota: number, accounts: Account[]) {
    this.quota = quota;
    this.accounts = accounts;
  }

  get pool(): number {
    return this.accounts.reduce((left, { dealt, returned }) => left - dealt + returned, this.quota);
  }

  /** Units that nobody holds, as far as the shards have said. */
  get left(): number {
    return this.accounts.reduce((sum, { free }) => sum + free, this.pool);
  }

  /** Takes in what a shard says; a message older than what is known changes nothing. */
  hear(shard: number, { returned, dealt, free }: Totals): void {
    const account = this.#account(shard);
    account.returned = Math.max(account.returned, returned);
    // A grant that has not reached it yet is free there as soon as it does.
    account.free = free + Math.max(0, account.dealt - dealt);
  }

  /**
   * Deals from the pool: the want, and a quantum where there is more. A shard that has not heard of its last
   * grant is only told of it again.
   */
  deal(shard: number, totals: Totals, want: number): number {
    const account = this.#account(shard);
    if (account.dealt > totals.dealt) return account.dealt;
    const { pool } = this;
    const units = Math.min(pool, Math.max(want, quantumOf(pool, this.accounts.length)));
    account.dealt += units;
    // What is wanted is held as soon as it is there, with all that lay free before.
    account.free = want > 0 ? Math.max(0, units - want) : account.free + units;
    return account.dealt;
  }

  /** Exactly so many units, for the one who is next in line. */
  dealExactly(shard: number, units: number): number {
    const account = this.#account(shard);
    account.dealt += units;
    return account.dealt;
  }

  #account(shard: number): Account {
    const account = this.accounts[shard];
    if (account === undefined) throw new Error(`no shard ${shard}`);
    return account;
  }
}
