import { eq } from "drizzle-orm";
import { inject, onTestFinished } from "vitest";
import { consumeFacts } from "#kernel/consume";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { emailMessage } from "#schema/social/notification";
import { consumers } from "#services/social/notification/consumers";
import { createProfile } from "#services/social/user/index";
import { OrderShipped } from "#services/transaction/order/facts";
import type { Message } from "../../../local/mail/mailbox.ts";
import type { Client, Harness } from "../../support/harness.ts";
import { toldOrder } from "./told-orders.ts";

const MAIL = inject("engineUrls").mail;
export const mailsTo = async (email: string): Promise<readonly Message[]> => {
  const response = await fetch(`${MAIL}/api/messages?to=${encodeURIComponent(email)}`);
  return ((await response.json()) as { items: Message[] }).items;
};
export const fault = async (faults: Readonly<Record<string, number>>) => {
  onTestFinished(async () => {
    await fetch(`${MAIL}/api/faults`, { method: "DELETE" });
  });
  await fetch(`${MAIL}/api/faults`, { method: "POST", body: JSON.stringify(faults) });
};

export type Person = Client & { readonly userId: Id<"user">; readonly email: string };
export async function person(h: Harness): Promise<Person> {
  const userId = h.ids.next("user");
  const email = `${userId}@example.com`;
  await h.ctx().db.commit([createProfile({ userId, name: "Siti", email, locale: "id", now: h.clock.now() })]);
  return { ...(await h.buyer(userId)), userId, email };
}

export const buying = ({ userId, email }: Person) => ({ buyerId: userId, email });
export const shipped = (h: Harness, who: { buyerId: string; email: string }) => {
  const order = toldOrder(h.ids, who);
  const payload = { ...order, carrier: "JNE", trackingNumber: "JNE0012" };
  return OrderShipped.make(h.ctx(), { id: order.orderId, version: 4 }, payload);
};
export const rowsOf = (h: Harness, email: string) =>
  h.ctx().db.read.select().from(emailMessage).where(eq(emailMessage.address, email));
/** Only this service hears: the orders are told of, and nobody has placed them. */
export async function hear(h: Harness, ...facts: readonly Fact[]): Promise<void> {
  const failed = await consumeFacts(h.ctx(), consumers, facts);
  if (failed.size > 0) throw new Error(`not handled: ${[...failed].join(", ")}`);
  await h.settle();
}

/** Hears, and sends what comes of it. */
export async function tell(h: Harness, ...facts: readonly Fact[]): Promise<void> {
  await hear(h, ...facts);
  await h.drain();
}
