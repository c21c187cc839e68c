import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";

const text = texts({
  en: { former: "Somebody who has left" },
  id: { former: "Seseorang yang sudah keluar" },
});

/** Who said something in a group; whoever is out is not named any more. */
export function personNames({ parties }: Pick<Schemas["ChatSummary"], "parties">) {
  const names = new Map(parties.map(({ partyId, name }) => [partyId, name]));
  return (partyId: string): string => names.get(partyId) ?? text.former;
}
