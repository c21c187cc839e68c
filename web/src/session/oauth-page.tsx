import { useMutation } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { call } from "../api/client.ts";
import { hrefOf } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { Card } from "./card.tsx";
import { nextAfterOAuth, providerName } from "./oauth.ts";
import { usePass } from "./pass.tsx";
import { useIsSignedIn } from "./session.ts";

const text = texts({
  en: {
    title: (name: string) => `Back from ${name}`,
    wait: "You are being signed in…",
    refused: "You were not signed in.",
    unchanged: "Nothing has changed.",
    cancelled: (name: string) => `You called it off at ${name}. You can try again, or sign in another way.`,
    linkCancelled: (name: string) => `You called it off at ${name}.`,
    again: "Back to signing in",
    back: "Go back",
  },
  id: {
    title: (name: string) => `Kembali dari ${name}`,
    wait: "Anda sedang dimasukkan…",
    refused: "Anda tidak jadi masuk.",
    unchanged: "Tidak ada yang berubah.",
    cancelled: (name: string) =>
      `Anda membatalkannya di ${name}. Silakan coba lagi, atau masuk dengan cara lain.`,
    linkCancelled: (name: string) => `Anda membatalkannya di ${name}.`,
    again: "Kembali ke halaman masuk",
    back: "Kembali",
  },
});

const route = getRouteApi("/sign-in/oauth/$provider");
/** What a provider says where the person did not want to (RFC 6749, 4.1.2.1). */
const DENIED = "access_denied";

/** Where a provider sends people back to; what it says is good for once. */
export function OAuthPage() {
  const { provider } = route.useParams();
  // Read as it is: what the provider says may look like a number and is none.
  const [told] = useState(() => new URLSearchParams(location.search));
  const [code, state, iss] = [told.get("code"), told.get("state"), told.get("iss")];
  const { pass, step } = usePass({ next: nextAfterOAuth() });
  const finish = useMutation({
    mutationFn: async (body: { readonly code: string; readonly state: string; readonly iss?: string }) =>
      pass(await call("POST /v1/auth/oauth/{provider}/callback", { path: { provider }, body })),
  });
  const { mutate, isIdle } = finish;
  useEffect(() => {
    if (isIdle && code !== null && state !== null) mutate({ code, state, ...(iss && { iss }) });
  }, [isIdle, code, state, iss, mutate]);
  const name = providerName(provider);
  if (step) return step;
  if (code !== null && state !== null && !finish.isError) {
    return <Card title={text.title(name)} intro={text.wait} />;
  }
  return <Refused name={name} isDenied={told.get("error") === DENIED} error={finish.error} />;
}

type RefusedProps = { readonly name: string; readonly isDenied: boolean; readonly error: unknown };

/** Leads back to where it was begun: the sign-in, or a member's own page. */
function Refused({ name, isDenied, error }: RefusedProps) {
  const isMember = useIsSignedIn();
  const next = nextAfterOAuth();
  const cancelled = isMember ? text.linkCancelled(name) : text.cancelled(name);
  return (
    <Card title={text.title(name)} intro={isMember ? text.unchanged : text.refused}>
      <div className="flex flex-col gap-4">
        {isDenied && (
          <p className="notice" role="status">
            {cancelled}
          </p>
        )}
        <Refusal error={error} />
        {isMember ? (
          <a className="button button-primary" href={hrefOf(next ?? "/account")}>
            {text.back}
          </a>
        ) : (
          <Link className="button button-primary" to="/sign-in" search={next === undefined ? {} : { next }}>
            {text.again}
          </Link>
        )}
      </div>
    </Card>
  );
}
