export { type Sponsored, sponsored } from "./queries/sponsored.ts";
