export type { IceServer } from "./providers/port.ts";
