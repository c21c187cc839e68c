export { getFunnel, getSales, listTopProducts } from "./queries.ts";
