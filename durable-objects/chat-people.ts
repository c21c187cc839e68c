import type { PartyId } from "#services/communication/chat/domain/message";
import { decidePeople, type PeopleChange } from "#services/communication/chat/domain/people";
import type { Setup } from "./chat-room.ts";
import type { ChatStore } from "./chat-store.ts";

const NEW_PARTY = {
  deliveredSeq: 0,
  readSeq: 0,
  blockedAt: null,
  missedSeq: 0,
  lastPostAt: null,
  lastSeenAt: null,
};

/** Brings the sides to what Postgres says of them; who is out, or undefined where nothing changed. */
export function changePeople(store: ChatStore, setup: Setup): readonly PartyId[] | undefined {
  const { autoReply, peopleVersion = 0 } = setup;
  const isNewer = peopleVersion > store.state.peopleVersion;
  const change = isNewer
    ? decidePeople(store.parties, setup.parties, store.state.lastSeq)
    : additions(store, setup);
  const { added, removed, changed } = change;
  const isSame = added.length + removed.length + changed.length === 0;
  if (isSame && !isNewer && store.state.autoReply === autoReply) return undefined;
  for (const { sinceSeq, ...side } of added) {
    store.saveParty({ ...NEW_PARTY, ...side, sinceSeq, readSeq: sinceSeq, deliveredSeq: sinceSeq });
  }
  for (const { partyId, role } of changed) {
    const party = store.party(partyId);
    if (party) store.saveParty({ ...party, role });
  }
  for (const partyId of removed) store.removeParty(partyId);
  const state = { autoReply, peopleVersion: Math.max(peopleVersion, store.state.peopleVersion) };
  // Those who were there before are no news to anybody's list.
  if (isSame || store.state.lastSeq === 0) store.patch(state);
  else store.touch(state);
  return isSame ? undefined : removed;
}

/** A list without a version only adds: sides that were there from the beginning. */
function additions(store: ChatStore, { parties, peopleVersion }: Setup): PeopleChange {
  const isOlder = peopleVersion !== undefined;
  const missing = isOlder ? [] : parties.filter(({ partyId }) => !store.party(partyId));
  return { added: missing.map((one) => ({ ...one, sinceSeq: 0 })), removed: [], changed: [] };
}
