export { exportQuery } from "./repository.ts";
