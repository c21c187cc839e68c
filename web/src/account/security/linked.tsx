import { useMutation } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { beginOAuth, providerName } from "../../session/oauth.ts";
import { useProviders } from "../../session/providers.tsx";
import { useStepUp } from "../../session/step-up.tsx";
import { texts } from "../../shell/text.ts";
import { Refusal } from "../../ui/refusal.tsx";
import { forgetSecurity } from "./forget.ts";

const text = texts({
  en: {
    title: "Linked accounts",
    intro: "With a linked account you sign in without a password.",
    link: "Link",
    unlink: "Unlink",
    of: (verb: string, name: string) => `${verb} ${name}`,
  },
  id: {
    title: "Akun tertaut",
    intro: "Dengan akun tertaut, Anda masuk tanpa kata sandi.",
    link: "Tautkan",
    unlink: "Lepas tautan",
    of: (verb: string, name: string) => `${verb} ${name}`,
  },
});

/** Where a provider takes people back to who link it. */
const HERE = "/account/security";

/** Who else lets this person in, and who could. */
export function Linked({ providers }: { readonly providers: readonly string[] }) {
  const offered = useProviders();
  const stepUp = useStepUp();
  const unlink = useMutation({
    mutationFn: (provider: string) =>
      stepUp(() => call("DELETE /v1/auth/oauth/{provider}", { path: { provider } })),
    onSuccess: forgetSecurity,
  });
  const link = useMutation({
    mutationFn: (provider: string) => stepUp(() => beginOAuth(provider, { next: HERE, link: true })),
  });
  const all = [...new Set([...providers, ...offered])];
  if (all.length === 0) return null;
  return (
    <section className="panel">
      <h2 className="font-bold">{text.title}</h2>
      <p className="text-muted mb-3 text-sm">{text.intro}</p>
      <ul className="flex flex-col gap-2">
        {all.map((provider) => {
          const [verb, change] = providers.includes(provider) ? [text.unlink, unlink] : [text.link, link];
          const name = providerName(provider);
          return (
            <li key={provider} className="flex items-center justify-between gap-3">
              {name}
              <button
                type="button"
                className="button button-quiet button-small"
                aria-label={text.of(verb, name)}
                disabled={change.isPending}
                onClick={() => change.mutate(provider)}
              >
                {verb}
              </button>
            </li>
          );
        })}
      </ul>
      <Refusal error={link.error ?? unlink.error} />
    </section>
  );
}
