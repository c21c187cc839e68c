import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { pagesOf } from "../../api/queries.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { leftByChoice } from "../../session/tokens.ts";
import { texts } from "../../shell/text.ts";
import { fromNow } from "../../shell/when.ts";
import { Paged } from "../../ui/loaded.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import { Tag } from "../../ui/tag.tsx";
import { forgetSecurity } from "./forget.ts";

const text = texts({
  en: {
    title: "Where you are signed in",
    current: "This device",
    from: (address: string, when: string) => `From ${address}, used ${when}`,
    used: (when: string) => `Used ${when}`,
    end: "Sign out",
    everywhere: "Sign out everywhere",
  },
  id: {
    title: "Tempat Anda masuk",
    current: "Perangkat ini",
    from: (address: string, when: string) => `Dari ${address}, dipakai ${when}`,
    used: (when: string) => `Dipakai ${when}`,
    end: "Keluarkan",
    everywhere: "Keluar di semua perangkat",
  },
});

const PAGE = 10;
/** What the API says of an address that it was not told. */
const UNKNOWN = "unknown";

export function Sessions() {
  const found = useInfiniteQuery(pagesOf("GET /v1/auth/sessions", { query: { limit: PAGE } }));
  const endAll = useMutation({
    mutationFn: () => call("DELETE /v1/auth/sessions", {}),
    onSuccess: () => leftByChoice(),
  });
  return (
    <section className="panel">
      <h2 className="font-bold">{text.title}</h2>
      <Paged query={found} keyOf={({ id }) => id} className="divide-line mt-2 divide-y" empty={null}>
        {(session) => <Row session={session} />}
      </Paged>
      <button
        type="button"
        className="button button-bad button-small mt-3"
        disabled={endAll.isPending}
        onClick={() => endAll.mutate()}
      >
        {text.everywhere}
      </button>
      <Refusal error={endAll.error} />
    </section>
  );
}

function Row({ session }: { readonly session: Schemas["Session"] }) {
  const { id: sessionId, device, addressPrefix, isCurrent, lastUsedAt } = session;
  const end = useMutation({
    mutationFn: () => call("DELETE /v1/auth/sessions/{sessionId}", { path: { sessionId } }),
    onSuccess: forgetSecurity,
  });
  return (
    <div className="flex flex-wrap items-center gap-3 py-2 text-sm">
      <span className="min-w-0 flex-1 basis-48">
        <span className="flex flex-wrap items-center gap-2">
          <strong>{device}</strong> {isCurrent && <Tag tone="brand">{text.current}</Tag>}
        </span>
        <span className="text-muted block">
          {addressPrefix === UNKNOWN
            ? text.used(fromNow(lastUsedAt))
            : text.from(addressPrefix, fromNow(lastUsedAt))}
        </span>
      </span>
      {!isCurrent && (
        <button
          type="button"
          className="button button-quiet button-small"
          disabled={end.isPending}
          onClick={() => end.mutate()}
        >
          {text.end}
        </button>
      )}
      <Refusal error={end.error} />
    </div>
  );
}
