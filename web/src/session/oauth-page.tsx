import { useMutation } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { call } from "../api/client.ts";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { Card } from "./card.tsx";
import { nextAfterOAuth, providerName } from "./oauth.ts";
import { usePass } from "./pass.tsx";

const text = texts({
  en: {
    title: (name: string) => `Back from ${name}`,
    wait: "You are being signed in…",
    refused: "You were not signed in.",
    again: "Sign in another way",
  },
  id: {
    title: (name: string) => `Kembali dari ${name}`,
    wait: "Anda sedang dimasukkan…",
    refused: "Anda tidak jadi masuk.",
    again: "Masuk dengan cara lain",
  },
});

const route = getRouteApi("/sign-in/oauth/$provider");

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
  if (step) return step;
  const isRefused = code === null || state === null || finish.isError;
  return (
    <Card title={text.title(providerName(provider))} intro={isRefused ? text.refused : text.wait}>
      {isRefused && (
        <div className="flex flex-col gap-4">
          <Refusal error={finish.error} />
          <Link className="button button-primary" to="/sign-in">
            {text.again}
          </Link>
        </div>
      )}
    </Card>
  );
}
