export { watchActing } from "./commands/acting.ts";
export { requireFresh } from "./commands/fresh.ts";
export { importUser, makeFirstOperator, seedApiKey, seedUser } from "./commands/seed.ts";
export { checkPassword, hashPassword } from "./providers/password.ts";
export { provedAddressQuery } from "./repository/accounts.ts";
