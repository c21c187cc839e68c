export type Identity =
  | { readonly kind: "unknown" | "visitor" }
  | { readonly kind: "user"; readonly userId: string };

/** Whether one member has given way to another; a session that ended is nobody's, not another's. */
export const isSomebodyElse = (before: Identity, now: Identity): boolean =>
  before.kind === "user" && now.kind === "user" && before.userId !== now.userId;

/** Counts the members who follow each other; whoever comes back after his session ended is the same one. */
export function countPersons(): (now: Identity) => number {
  let last: Identity = { kind: "unknown" };
  let persons = 1;
  return (now) => {
    if (isSomebodyElse(last, now)) persons += 1;
    if (now.kind === "user") last = now;
    return persons;
  };
}
