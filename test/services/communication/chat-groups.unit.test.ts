import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import type { Message, Party, PartyId } from "#services/communication/chat/domain/message";
import { decidePeople, isFor } from "#services/communication/chat/domain/people";

const ids = createIds({ now: () => 1_800_000_000_000 });
const PEOPLE: readonly PartyId[] = Array.from({ length: 5 }, () => ids.next("user"));
type Side = Pick<Party, "partyId" | "role" | "sinceSeq">;

const aStep = fc.oneof(
  fc.record({ t: fc.constant("list" as const), who: fc.subarray([...PEOPLE], { minLength: 1 }) }),
  fc.record({ t: fc.constant("say" as const), who: fc.constantFrom(...PEOPLE) }),
);

/** An account of its own: for each person the messages that were said while he was there without a break. */
function heardBy(account: Map<PartyId, Set<number>>, seq: number): void {
  for (const heard of account.values()) heard.add(seq);
}

test("each person reads what was said since he last came in, and nothing else, whatever happens", () => {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 30 }), (steps) => {
      let sides: readonly Side[] = [];
      let lastSeq = 0;
      const account = new Map<PartyId, Set<number>>();
      for (const step of steps) {
        if (step.t === "say") {
          if (!sides.some(({ partyId }) => partyId === step.who)) continue;
          lastSeq += 1;
          heardBy(account, lastSeq);
          continue;
        }
        const listed = step.who.map((partyId) => ({ partyId, role: "member" as const }));
        const change = decidePeople(sides, listed, lastSeq);
        sides = [...sides.filter(({ partyId }) => !change.removed.includes(partyId)), ...change.added];
        for (const partyId of account.keys()) if (!step.who.includes(partyId)) account.delete(partyId);
        for (const partyId of step.who) if (!account.has(partyId)) account.set(partyId, new Set());
        // The same list again changes nothing.
        expect(decidePeople(sides, listed, lastSeq)).toEqual({ added: [], removed: [], changed: [] });
      }
      const all = Array.from({ length: lastSeq }, (_, i) => ({ id: i + 1 }) as Message);
      const shown = sides.map((side) => [
        side.partyId,
        all.filter((one) => isFor(side, one)).map((m) => m.id),
      ]);
      const expected = [...account].map(([partyId, heard]) => [partyId, [...heard]]);
      expect(new Map(shown as [])).toEqual(new Map(expected as []));
    }),
    { numRuns: 10_000 },
  );
});
