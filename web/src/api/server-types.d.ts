/** Rooms' frames are typed where the server makes them; no page runs what these two lines stand for. */
declare module "node:crypto";
interface ErrorConstructor {
  stackTraceLimit: number;
}
