import type { PaymentProvider } from "./port.ts";

/** Cash at the door: nobody outside knows of it, and nobody outside can send it back. */
export const cod: PaymentProvider = {
  charge: async () => ({ action: { kind: "cash" } }),
  find: async () => undefined,
  cancel: async () => undefined,
  refund: async () => ({ kind: "refused", note: "Cash goes back by hand." }),
};
