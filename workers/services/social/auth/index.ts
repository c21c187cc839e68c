export type { SecurityChange } from "./facts.ts";
