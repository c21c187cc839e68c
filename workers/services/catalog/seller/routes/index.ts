export { app } from "./shops.ts";
