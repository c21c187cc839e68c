import { withPayoutAccount } from "#services/catalog/seller/routes/index";

/** Composed here and not in the service: auth knows the members of shops, and so stands on it. */
export const app = withPayoutAccount(async (ctx) => {
  const { requireFresh } = await import("#services/social/auth/index");
  await requireFresh(ctx);
});
