import fc from "fast-check";
import {
  type Account,
  bonusOf,
  cashOf,
  escrowOf,
  payableOf,
  platformOf,
} from "#services/transaction/wallet/domain/accounts";
import type { NewTransfer, Settling } from "#services/transaction/wallet/domain/transfer";

/** Few names, so that histories meet. The database's tests give each history owners of its own. */
const ACCOUNTS = ["ayu", "budi", "bonus", "shop", "escrow", "payments"] as const;
type Name = (typeof ACCOUNTS)[number];

type Move = {
  readonly kind: "move";
  readonly id: string;
  readonly from: Name;
  readonly to: Name;
  readonly amount: number;
  readonly isPending: boolean;
  readonly isForced: boolean;
};
type End = {
  readonly kind: "end";
  readonly id: string;
  readonly phase: "post" | "void" | "expire";
  readonly amount: number | null;
};
export type Step = { readonly moves: readonly (Move | End)[] };

const id = fc.constantFrom("t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7");
const move: fc.Arbitrary<Move> = fc
  .record({
    kind: fc.constant("move" as const),
    id,
    from: fc.constantFrom(...ACCOUNTS),
    to: fc.constantFrom(...ACCOUNTS),
    amount: fc.integer({ min: 1, max: 9 }),
    isPending: fc.boolean(),
    isForced: fc.constantFrom(false, false, false, true),
  })
  .filter(({ from, to }) => from !== to);
const end: fc.Arbitrary<End> = fc.record({
  kind: fc.constant("end" as const),
  id,
  phase: fc.constantFrom("post" as const, "void", "expire"),
  amount: fc.option(fc.integer({ min: 1, max: 9 }), { freq: 3 }),
});
const step: fc.Arbitrary<Step> = fc.record({
  moves: fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: move }, { weight: 2, arbitrary: end }), {
    minLength: 1,
    maxLength: 3,
    selector: ({ kind, id: name }) => `${kind} ${name}`,
  }),
});
/** Most histories begin with money, so that there is something to move. */
const funding: fc.Arbitrary<Step> = fc.record({
  moves: fc.constant([
    { kind: "move", id: "f0", from: "payments", to: "ayu", amount: 12, isPending: false, isForced: false },
    { kind: "move", id: "f1", from: "payments", to: "shop", amount: 8, isPending: false, isForced: false },
    { kind: "move", id: "f2", from: "payments", to: "bonus", amount: 5, isPending: false, isForced: false },
  ] as const),
});

export const histories = (stepsMax: number): fc.Arbitrary<readonly Step[]> =>
  fc
    .tuple(fc.option(funding, { freq: 5 }), fc.array(step, { minLength: 1, maxLength: stepsMax }))
    .map(([first, rest]) => (first ? [first, ...rest] : rest));

/** Accounts of the names, under owners that are the history's own. */
function accountsOf(owner: string): { readonly [N in Name]: Account } {
  const lot = { name: "lot", expiresAt: 4_000_000_000_000 };
  return {
    ayu: cashOf(`usr_a${owner}`, "IDR"),
    budi: cashOf(`usr_b${owner}`, "IDR"),
    bonus: bonusOf(`usr_a${owner}`, "IDR", lot),
    shop: payableOf(`slr_${owner}` as never, "IDR"),
    escrow: escrowOf(`slr_${owner}` as never, "IDR"),
    payments: { ...platformOf("payments", "IDR"), id: `payments:${owner}:IDR`, owner },
  };
}

export function toBatch(step: Step, owner: string): readonly (NewTransfer | Settling)[] {
  const accounts = accountsOf(owner);
  const nameOf = (name: string) => `${owner}/${name}`;
  return step.moves.map((one) => {
    if (one.kind === "end") {
      const { phase, amount } = one;
      const part = amount === null || phase !== "post" ? {} : { amountMinor: BigInt(amount) };
      return { pendingId: nameOf(one.id), phase, ...part };
    }
    return {
      id: nameOf(one.id),
      kind: "adjustment",
      debit: accounts[one.from],
      credit: accounts[one.to],
      amountMinor: BigInt(one.amount),
      forced: one.isForced,
      ...(one.isPending ? { pending: { expiresAt: null } } : {}),
    };
  });
}
