export { removeLines } from "./commands.ts";
export { type CartLine, cartIdOf, cartLines } from "./queries.ts";
