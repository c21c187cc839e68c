import type { Provider } from "../domain/payment.ts";
import type { PaymentProvider } from "./port.ts";

/** Cash at the door and the wallet: nobody outside knows of them, and nobody outside can send them back. */
export const ourselves = (name: Provider): PaymentProvider => ({
  name,
  charge: async () => ({ action: { kind: name === "cod" ? "cash" : "none" } }),
  find: async () => undefined,
  cancel: async () => undefined,
  capture: async () => undefined,
  refund: async () => ({ kind: "refused", note: "Cash goes back by hand." }),
});
