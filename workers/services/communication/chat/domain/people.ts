import type { Message, Party, PartyId, PartyRole } from "./message.ts";

type Listed = { readonly partyId: PartyId; readonly role: PartyRole };
type Newcomer = Listed & { readonly sinceSeq: number };

export type PeopleChange = {
  readonly added: readonly Newcomer[];
  readonly removed: readonly PartyId[];
  readonly changed: readonly Listed[];
};

/**
 * What a newer list of a conversation's sides changes. Those with whom it begins may read all of it; who
 * comes later reads what is said from then on, and so does who went and came back.
 */
export function decidePeople(
  parties: readonly Pick<Party, "partyId" | "role">[],
  listed: readonly Listed[],
  lastSeq: number,
): PeopleChange {
  const known = new Map(parties.map(({ partyId, role }) => [partyId, role]));
  const wanted = new Set(listed.map(({ partyId }) => partyId));
  const sinceSeq = parties.length === 0 ? 0 : lastSeq;
  return {
    added: listed.filter(({ partyId }) => !known.has(partyId)).map((one) => ({ ...one, sinceSeq })),
    removed: parties.map(({ partyId }) => partyId).filter((partyId) => !wanted.has(partyId)),
    changed: listed.filter(({ partyId, role }) => known.has(partyId) && known.get(partyId) !== role),
  };
}

/** Whether a message is for this side: by its first place, so that a later change brings nothing to light. */
export const isFor = ({ sinceSeq }: Pick<Party, "sinceSeq">, { id }: Pick<Message, "id">): boolean =>
  id > sinceSeq;
