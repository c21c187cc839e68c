import { type ParsedLocation, redirect } from "@tanstack/react-router";
import { identity } from "./tokens.ts";

/** `beforeLoad` of what is somebody's own: signs in first, and comes back. */
export function signedInOnly({ location }: { readonly location: ParsedLocation }): void {
  if (identity.get().kind === "visitor") {
    throw redirect({ to: "/sign-in", search: { next: location.href }, replace: true });
  }
}
