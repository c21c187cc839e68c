import { DAY_MS, MINUTE_MS } from "#kernel/clock";

/** `charged` is paid for; all others are shown to the seller and cost nothing. */
export const CLICK_VERDICTS = [
  "charged",
  /** An impression was paid for instead. */
  "included",
  "repeated",
  "excessive",
  /** By a member of the shop. */
  "own",
  /** By something that is no buyer. */
  "program",
  "stopped",
  "budget_spent",
] as const;
export type ClickVerdict = (typeof CLICK_VERDICTS)[number];

/** A second click of one viewer on one product within this is the same visit. */
export const VISIT_MS = 30 * MINUTE_MS;
/** A page that was left open for longer is no page that somebody looks at. */
export const CARD_LIFE_MS = DAY_MS;

export type Origin = "person" | "own" | "program";

const PROGRAM = /bot|crawl|spider|slurp|headless|curl|wget|python-requests|monitor/i;
/** Programs say what they are, or say nothing at all. */
export const isProgram = (userAgent: string): boolean => userAgent === "" || PROGRAM.test(userAgent);
