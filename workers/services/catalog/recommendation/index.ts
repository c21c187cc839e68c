export { trainModel } from "./commands/train.ts";
