export { type Case, REASONS, type Reason } from "./domain/case.ts";
export { KINDS, STATES } from "./domain/states.ts";
