export { requireFresh } from "./commands/fresh.ts";
export { importUser, seedApiKey, seedUser } from "./commands/seed.ts";
