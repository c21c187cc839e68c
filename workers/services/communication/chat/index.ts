export type { Card, PartyId } from "./domain/message.ts";
export { exportQuery } from "./repository.ts";
