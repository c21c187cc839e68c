import type { Exporters } from "#services/social/user/queries";
import { app as users, withExport } from "#services/social/user/routes";

/** Who holds something about a person, loaded when somebody asks. */
const EXPORTERS: Exporters = {
  seller: async () => (await import("#services/catalog/seller/index")).membershipsQuery,
  follows: async () => (await import("#services/catalog/seller/index")).followsQuery,
  checkout: async () => (await import("#services/transaction/checkout/index")).exportQuery,
  chat: async () => (await import("#services/communication/chat/index")).exportQuery,
  wallet: async () => (await import("#services/transaction/wallet/index")).exportQuery,
  voucher: async () => (await import("#services/transaction/voucher/index")).exportQuery,
  review: async () => (await import("#services/catalog/review/index")).exportQuery,
  ad: async () => (await import("#services/catalog/ad/index")).exportQuery,
  notification: async () => (await import("#services/social/notification/index")).exportQuery,
};

/** Composed here and not in the service, since half of these services stand on it. */
export const app = withExport(users, EXPORTERS);
