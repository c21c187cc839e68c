import type { Ctx } from "#kernel/ctx";
import type { TrackingChanged } from "#services/logistics/tracking/facts";
import { contactsQuery } from "#services/transaction/order/index";
import { buyerOf } from "../domain/intents.ts";
import type { Intent } from "../domain/message.ts";
import { isMilestone, milestoneTemplate } from "../domain/parcel-templates.ts";

type Changed = ReturnType<typeof TrackingChanged.make>;

/**
 * News of a parcel go to whoever bought what is in it. A second attempt at the door is another message than
 * the first, and the same attempt told again is the same.
 */
export async function tellParcels(ctx: Ctx, facts: readonly Changed[]): Promise<readonly Intent[]> {
  const told = facts.filter(({ payload }) => isMilestone(payload.status));
  if (told.length === 0) return [];
  const [contacts] = await ctx.db.load(contactsQuery(told.map(({ payload }) => payload.orderId)));
  const byOrder = new Map(contacts.map((contact) => [contact.orderId, contact]));
  return told.flatMap(({ payload }): readonly Intent[] => {
    const { status, shipmentId, orderId, since, carrier, trackingNumber } = payload;
    const contact = byOrder.get(orderId);
    if (!contact || !isMilestone(status)) return [];
    return [
      {
        transactionId: `parcel.${status}/${shipmentId}/${since}`,
        template: milestoneTemplate(status),
        data: { orderId, carrier, trackingNumber },
        to: buyerOf(contact),
      },
    ];
  });
}
