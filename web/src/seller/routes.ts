import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { aboutOf } from "../chat/about.ts";
import { signedInOnly } from "../session/guard.ts";
import { root } from "../shell/root.tsx";

const STATES = [
  "awaiting_payment",
  "placed",
  "paid",
  "confirmed",
  "shipped",
  "delivered",
  "completed",
  "cancelled",
] as const;
export type OrderState = (typeof STATES)[number];
const isOrderState = (state: unknown): state is OrderState => STATES.some((one) => one === state);

const layout = createRoute({
  getParentRoute: () => root,
  path: "/shop",
  beforeLoad: signedInOnly,
  component: lazyRouteComponent(() => import("./layout.tsx"), "SellerLayout"),
});
const dashboard = createRoute({
  getParentRoute: () => layout,
  path: "/",
  component: lazyRouteComponent(() => import("./dashboard.tsx"), "DashboardPage"),
});
const open = createRoute({
  getParentRoute: () => layout,
  path: "/open",
  component: lazyRouteComponent(() => import("./apply.tsx"), "ApplyPage"),
});
const onboarding = createRoute({
  getParentRoute: () => layout,
  path: "/onboarding",
  component: lazyRouteComponent(() => import("./onboarding.tsx"), "OnboardingPage"),
});
const orders = createRoute({
  getParentRoute: () => layout,
  path: "/orders",
  validateSearch: ({ state }: { readonly state?: unknown }): { readonly state?: OrderState } =>
    isOrderState(state) ? { state } : {},
  component: lazyRouteComponent(() => import("./orders.tsx"), "OrdersPage"),
});
const order = createRoute({
  getParentRoute: () => layout,
  path: "/orders/$orderId",
  component: lazyRouteComponent(() => import("./order.tsx"), "OrderPage"),
});
const pickup = createRoute({
  getParentRoute: () => layout,
  path: "/pickup",
  component: lazyRouteComponent(() => import("./pickup.tsx"), "PickupPage"),
});
const returns = createRoute({
  getParentRoute: () => layout,
  path: "/returns",
  component: lazyRouteComponent(() => import("./returns.tsx"), "ReturnsPage"),
});
const returned = createRoute({
  getParentRoute: () => layout,
  path: "/returns/$refundId",
  component: lazyRouteComponent(() => import("./return.tsx"), "ReturnPage"),
});
const reviews = createRoute({
  getParentRoute: () => layout,
  path: "/reviews",
  component: lazyRouteComponent(() => import("./reviews.tsx"), "ReviewsPage"),
});
const chats = createRoute({
  getParentRoute: () => layout,
  path: "/chats",
  component: lazyRouteComponent(() => import("./chats.tsx"), "ShopDesk"),
});
const noChat = createRoute({
  getParentRoute: () => chats,
  path: "/",
  component: lazyRouteComponent(() => import("../chat/desk.tsx"), "NothingChosen"),
});
const chat = createRoute({
  getParentRoute: () => chats,
  path: "/$conversationId",
  validateSearch: aboutOf,
  component: lazyRouteComponent(() => import("./chats.tsx"), "ShopConversation"),
});
const products = createRoute({
  getParentRoute: () => layout,
  path: "/products",
  component: lazyRouteComponent(() => import("./products.tsx"), "ProductsPage"),
});
const newProduct = createRoute({
  getParentRoute: () => layout,
  path: "/products/new",
  component: lazyRouteComponent(() => import("./product-new.tsx"), "NewProductPage"),
});
const product = createRoute({
  getParentRoute: () => layout,
  path: "/products/$productId",
  component: lazyRouteComponent(() => import("./product.tsx"), "ProductPage"),
});
const changes = createRoute({
  getParentRoute: () => layout,
  path: "/changes",
  component: lazyRouteComponent(() => import("./changes.tsx"), "ChangesPage"),
});
const importing = createRoute({
  getParentRoute: () => layout,
  path: "/import",
  component: lazyRouteComponent(() => import("./import.tsx"), "ImportPage"),
});
const inventory = createRoute({
  getParentRoute: () => layout,
  path: "/inventory",
  component: lazyRouteComponent(() => import("./inventory.tsx"), "InventoryPage"),
});
const vouchers = createRoute({
  getParentRoute: () => layout,
  path: "/vouchers",
  component: lazyRouteComponent(() => import("./vouchers.tsx"), "VouchersPage"),
});
const newVoucher = createRoute({
  getParentRoute: () => layout,
  path: "/vouchers/new",
  component: lazyRouteComponent(() => import("./voucher-new.tsx"), "NewVoucherPage"),
});
const voucher = createRoute({
  getParentRoute: () => layout,
  path: "/vouchers/$voucherId",
  component: lazyRouteComponent(() => import("./voucher.tsx"), "VoucherPage"),
});
const ads = createRoute({
  getParentRoute: () => layout,
  path: "/ads",
  component: lazyRouteComponent(() => import("./ads.tsx"), "AdsPage"),
});
const newAd = createRoute({
  getParentRoute: () => layout,
  path: "/ads/new",
  component: lazyRouteComponent(() => import("./ad-new.tsx"), "NewAdPage"),
});
const ad = createRoute({
  getParentRoute: () => layout,
  path: "/ads/$campaignId",
  component: lazyRouteComponent(() => import("./ad.tsx"), "AdPage"),
});
const flash = createRoute({
  getParentRoute: () => layout,
  path: "/flash-sales",
  component: lazyRouteComponent(() => import("./flash.tsx"), "FlashPage"),
});
const finance = createRoute({
  getParentRoute: () => layout,
  path: "/finance",
  component: lazyRouteComponent(() => import("./finance.tsx"), "FinancePage"),
});
const performance = createRoute({
  getParentRoute: () => layout,
  path: "/performance",
  component: lazyRouteComponent(() => import("./performance.tsx"), "PerformancePage"),
});
const team = createRoute({
  getParentRoute: () => layout,
  path: "/team",
  component: lazyRouteComponent(() => import("./team.tsx"), "TeamPage"),
});
const settings = createRoute({
  getParentRoute: () => layout,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings.tsx"), "SettingsPage"),
});
const webhooks = createRoute({
  getParentRoute: () => layout,
  path: "/webhooks",
  component: lazyRouteComponent(() => import("./webhooks.tsx"), "WebhooksPage"),
});
const talks = createRoute({
  getParentRoute: () => layout,
  path: "/talks",
  component: lazyRouteComponent(() => import("./talks.tsx"), "TalksPage"),
});
const studios = createRoute({
  getParentRoute: () => layout,
  path: "/live",
  component: lazyRouteComponent(() => import("./live.tsx"), "StudioListPage"),
});
const studio = createRoute({
  getParentRoute: () => layout,
  path: "/live/$livestreamId",
  component: lazyRouteComponent(() => import("./studio.tsx"), "StudioPage"),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/shop/invitations/$invitationId",
  beforeLoad: signedInOnly,
  component: lazyRouteComponent(() => import("./invitation.tsx"), "InvitationPage"),
});

export const sellerRoutes = [
  invitation,
  layout.addChildren([
    dashboard,
    open,
    onboarding,
    orders,
    order,
    pickup,
    returns,
    returned,
    reviews,
    chats.addChildren([noChat, chat]),
    talks,
    products,
    newProduct,
    product,
    changes,
    importing,
    inventory,
    vouchers,
    newVoucher,
    voucher,
    ads,
    newAd,
    ad,
    flash,
    finance,
    performance,
    team,
    settings,
    webhooks,
    studios,
    studio,
  ]),
] as const;
