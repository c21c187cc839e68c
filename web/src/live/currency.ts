import type { Schemas } from "../api/schema.gen.ts";

/** Rooms tell amounts in the market's own currency, which the Worker wrote into the document. */
export const currency = (document.documentElement.dataset.currency ?? "IDR") as Schemas["Currency"];
