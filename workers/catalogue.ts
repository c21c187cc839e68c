import type { Consumer, JobHandler } from "#kernel/consume";

type Module = { readonly consumers?: readonly Consumer[]; readonly jobs?: readonly JobHandler[] };

/** Every module that handles events or jobs, loaded when the first batch or sweep comes. */
const MODULES: readonly (() => Promise<Module>)[] = [
  () => import("#services/transaction/order/consumers"),
  () => import("#services/transaction/order/jobs"),
  () => import("#services/transaction/payment/jobs"),
  () => import("#services/transaction/refund/consumers"),
  () => import("#services/transaction/refund/jobs"),
  () => import("#services/transaction/wallet/consumers"),
  () => import("#services/transaction/wallet/jobs"),
  () => import("#services/social/auth/consumers"),
  () => import("#services/social/auth/jobs"),
  () => import("#services/social/notification/consumers"),
  () => import("#services/social/notification/jobs"),
  () => import("#services/catalog/search/consumers"),
  () => import("#services/catalog/search/jobs"),
  () => import("#services/catalog/ad/consumers"),
  () => import("#services/intelligence/analytics/consumers"),
  () => import("#services/intelligence/analytics/jobs"),
  () => import("#services/logistics/inventory/consumers"),
  () => import("#services/logistics/inventory/jobs"),
  () => import("#services/logistics/tracking/consumers"),
  () => import("#services/communication/videocall/consumers"),
  () => import("#services/logistics/tracking/jobs"),
  () => import("#services/logistics/shipping/consumers"),
  () => import("#services/logistics/shipping/jobs"),
  () => import("#services/transaction/cart/consumers"),
  () => import("#services/transaction/checkout/consumers"),
  () => import("#services/transaction/voucher/consumers"),
  () => import("#services/transaction/voucher/jobs"),
  () => import("#services/marketing/flash-sale/consumers"),
  () => import("#services/marketing/flash-sale/jobs"),
  () => import("#services/communication/livestream/consumers"),
  () => import("#services/communication/livestream/jobs"),
  () => import("#services/catalog/seller/jobs"),
  () => import("#services/catalog/seller/consumers"),
  () => import("#services/catalog/product/consumers"),
  () => import("#services/communication/chat/consumers"),
  () => import("#services/communication/chat/jobs"),
  () => import("#services/catalog/review/consumers"),
  () => import("#services/catalog/review/jobs"),
  () => import("#services/catalog/recommendation/consumers"),
  () => import("#services/catalog/recommendation/jobs"),
  () => import("#platform/webhooks-out/consumers"),
  () => import("#platform/webhooks-out/jobs"),
  () => import("#platform/backup/jobs"),
];

let loaded: readonly Module[] | undefined;

/** An import() gives up the isolate even when the module is there, and each batch would wait for all. */
async function loadAll(): Promise<readonly Module[]> {
  loaded ??= await Promise.all(MODULES.map((load) => load()));
  return loaded;
}

/** Who consumes which events: the sweep compares it with what each has recorded. */
export const CONSUMERS = async (): Promise<readonly Consumer[]> =>
  (await loadAll()).flatMap((module) => module.consumers ?? []);

export const JOBS = async (): Promise<readonly JobHandler[]> =>
  (await loadAll()).flatMap((module) => module.jobs ?? []);
