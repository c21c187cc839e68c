import { useMutation, useQuery } from "@tanstack/react-query";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { beginOAuth, providerName } from "./oauth.ts";

const text = texts({
  en: { go: (name: string) => `Continue with ${name}` },
  id: { go: (name: string) => `Lanjutkan dengan ${name}` },
});

/** Who the market lets people sign in by; most markets have somebody, and some have nobody. */
export const useProviders = (): readonly string[] =>
  useQuery(queryOf("GET /v1/auth/oauth", {})).data?.providers ?? [];

/** The way in by somebody who knows the person already. The first time it makes the account. */
export function Providers({ next }: { readonly next: string | undefined }) {
  const providers = useProviders();
  const leave = useMutation({ mutationFn: (name: string) => beginOAuth(name, { next }) });
  return (
    <>
      {providers.map((name) => (
        <button
          key={name}
          type="button"
          className="button button-quiet"
          disabled={leave.isPending}
          onClick={() => leave.mutate(name)}
        >
          {text.go(providerName(name))}
        </button>
      ))}
      <Refusal error={leave.error} />
    </>
  );
}
