export const ACT_KINDS = ["click", "cart", "purchase", "undone"] as const;
export type ActKind = (typeof ACT_KINDS)[number];

/** What an answer is judged by. */
export const RULES = {
  /** Whoever bought within this time after a click found it by that search. */
  attributedMs: 7 * 86_400_000,
  /** What is older teaches nothing any more, and its rows go. */
  keptMs: 30 * 86_400_000,
  /** A page that nobody said to have seen is forgotten after this. */
  unseenMs: 86_400_000,
  /** What people did so long ago counts half. */
  halfLifeMs: 14 * 86_400_000,
  /** More viewers of one address and day are taken for one person with many faces. */
  viewersAnOrigin: 3,
  /** How much an act says, in clicks. */
  gain: { click: 1, cart: 2, purchase: 5 },
  /** So many clicks as expected are counted with every product, so that a few more or fewer say little. */
  doubt: { query: 10, product: 50 },
  /** Before anything was seen, a place is believed to be clicked as in so many views of experience. */
  placeDoubt: 200,
  /** Behaviour moves the score by this for each doubling or so (natural logarithm), up to its bound. */
  weight: 200_000,
  bound: 300_000,
} as const;
