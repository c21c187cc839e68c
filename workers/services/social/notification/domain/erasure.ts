import type { Id } from "#kernel/ids";

/** What an erasure does here, store by store, for the ledger of the person. */
export const erasureSteps = (userId: Id<"user">, at: number) =>
  (
    [
      [
        "notification.email_message",
        "anonymised",
        "Addresses and contents are gone; that a mail left stays.",
      ],
      ["notification.notification", "erased", "The inbox is deleted."],
      ["notification.shop_member", "erased", "Memberships for messages are deleted."],
      ["notification.email_suppression", "retained", "A hash of an address that wants no mail from us."],
    ] as const
  ).map(([store, action, reason]) => ({ userId, store, action, reason, at }));
