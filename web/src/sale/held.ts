import type { Schemas } from "../api/schema.gen.ts";
import { hrefOf } from "../shell/page.ts";

/** Units that are kept for the person while he pays; `expiresAt` by the server's clock. */
export type Held = {
  readonly id: string;
  readonly quantity: number;
  readonly state: string;
  readonly expiresAt: number;
};

export const heldOf = ({ id, quantity, state, expiresAt }: Schemas["Hold"]): Held => ({
  ...{ id, quantity, state },
  expiresAt: Date.parse(expiresAt),
});

/** One of each id, as it was last told. */
export function withHeld(holds: readonly Held[], held: Held): readonly Held[] {
  return [...holds.filter(({ id }) => id !== held.id), held];
}

/** The checkout of what is held; what is in the cart stays there. */
export const checkoutOf = (saleId: string, holdId: string): string =>
  hrefOf(`/checkout?${new URLSearchParams({ saleId, holdId })}`);
