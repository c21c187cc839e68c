import { DurableObject } from "cloudflare:workers";

/** Replaced by the cart service's own object. */
export class CartDO extends DurableObject<Env> {}
