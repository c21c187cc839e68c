import type { Query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { toNumber } from "../domain.ts";
import { byId, type Invoice, invoiceQuery } from "../repository.ts";

/** The number of an order's invoice as it stands on it, for a document that refers to it. */
export function invoiceNumberQuery(orderId: Id<"order">): Query<string | undefined> {
  const { run, parse } = invoiceQuery(byId({ as: "system" }, orderId));
  return {
    run,
    parse: (rows: never) => {
      const found: Invoice | undefined = parse(rows);
      return found && toNumber(found.seq);
    },
  };
}
