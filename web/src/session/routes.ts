import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../shell/root.tsx";
import { signedInOnly } from "./guard.ts";
import { resumeLanguage } from "./oauth.ts";
import { ownPath } from "./own-path.ts";

/** Where a sign-in leads to: a path of this storefront, as `/account/orders`. */
type Next = {
  readonly next?: string | undefined;
  /** The session ended while somebody was at something. */
  readonly ended?: boolean | undefined;
};
type Given = { readonly [name: string]: unknown };
const nextOf = ({ next, ended }: Given): Next => ({
  next: ownPath(next),
  ended: ended === true || undefined,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("./sign-in.tsx"), "SignInPage"),
});
const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("./sign-up.tsx"), "SignUpPage"),
});
const link = createRoute({
  getParentRoute: () => root,
  path: "/sign-in/link",
  component: lazyRouteComponent(() => import("./mailed-links.tsx"), "SignInLinkPage"),
});
const oauth = createRoute({
  getParentRoute: () => root,
  path: "/sign-in/oauth/$provider",
  beforeLoad: resumeLanguage,
  component: lazyRouteComponent(() => import("./oauth-page.tsx"), "OAuthPage"),
});
const verify = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  component: lazyRouteComponent(() => import("./verify-email.tsx"), "VerifyEmailPage"),
});
const forgot = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("./reset.tsx"), "ForgotPasswordPage"),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  component: lazyRouteComponent(() => import("./reset.tsx"), "ResetPasswordPage"),
});
const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: "/account/confirm-email",
  beforeLoad: signedInOnly,
  component: lazyRouteComponent(() => import("./mailed-links.tsx"), "ConfirmEmailPage"),
});
const undoEmail = createRoute({
  getParentRoute: () => root,
  path: "/account/undo-email",
  component: lazyRouteComponent(() => import("./mailed-links.tsx"), "UndoEmailPage"),
});

export const sessionRoutes = [
  signIn,
  signUp,
  link,
  oauth,
  verify,
  forgot,
  reset,
  confirmEmail,
  undoEmail,
] as const;
