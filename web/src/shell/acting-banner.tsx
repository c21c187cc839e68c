import { useRouter } from "@tanstack/react-router";
import { UserCog } from "lucide-react";
import { useEffect } from "react";
import { endActing } from "../session/session.ts";
import type { Acting } from "../session/tokens.ts";
import { texts } from "./text.ts";
import { clock } from "./when.ts";

const text = texts({
  en: {
    as: (email: string) => `You act as ${email}`,
    until: (reason: string, at: string) => `Until ${at} · ${reason}`,
    end: "End",
    label: "Acting as a user",
  },
  id: {
    as: (email: string) => `Anda bertindak sebagai ${email}`,
    until: (reason: string, at: string) => `Sampai ${at} · ${reason}`,
    end: "Akhiri",
    label: "Bertindak sebagai pengguna",
  },
});

/** Ends by its button, by its time, and with the page. */
export function ActingBanner({ acting }: { readonly acting: Acting }) {
  const router = useRouter();
  useEffect(() => {
    const leave = () => void endActing({ keepalive: true });
    const timer = setTimeout(() => void endActing(), Date.parse(acting.expiresAt) - Date.now());
    addEventListener("pagehide", leave);
    return () => {
      clearTimeout(timer);
      removeEventListener("pagehide", leave);
    };
  }, [acting]);
  const end = async () => {
    await router.preloadRoute({ to: "/operator/acting" });
    await endActing();
    await router.navigate({ to: "/operator/acting" });
  };
  return (
    <section className="bg-deal text-on-brand" aria-label={text.label}>
      <div className="mx-auto flex max-w-6xl items-center gap-3 px-4 py-2 text-sm sm:px-6">
        <UserCog size={20} className="shrink-0" aria-hidden />
        <p className="min-w-0 flex-1" role="status">
          <strong className="block break-words">{text.as(acting.email)}</strong>
          <span className="line-clamp-1">{text.until(acting.reason, clock(acting.expiresAt))}</span>
        </p>
        <button
          type="button"
          className="border-on-brand rounded-control shrink-0 border px-3 py-1.5 font-semibold"
          onClick={() => void end()}
        >
          {text.end}
        </button>
      </div>
    </section>
  );
}
