import { useInfiniteQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { useCommand } from "../../api/command.ts";
import { pagesOf } from "../../api/queries.ts";
import { Commands } from "../../shell/acted.tsx";
import { texts } from "../../shell/text.ts";
import { clock, moment } from "../../shell/when.ts";
import { Paged } from "../../ui/loaded.tsx";
import { Refusal } from "../../ui/refusal.tsx";
import { Tag } from "../../ui/tag.tsx";

const text = texts({
  en: {
    title: "Support in your name",
    none: "Support has never acted in your name. If it does, you are told, and see it here.",
    live: "Now",
    end: "End it",
  },
  id: {
    title: "Dukungan atas nama Anda",
    none: "Dukungan belum pernah bertindak atas nama Anda. Bila terjadi, Anda diberi tahu di sini.",
    live: "Sekarang",
    end: "Akhiri",
  },
});

const PAGE = 5;
const READ = "GET /v1/auth/acting/mine";

/** When support acted in one's name, why, and what it did; what goes on may be ended. */
export function Support() {
  const found = useInfiniteQuery(pagesOf(READ, { query: { limit: PAGE } }));
  return (
    <section className="panel">
      <h2 className="font-bold">{text.title}</h2>
      <Paged
        query={found}
        keyOf={({ id }) => id}
        className="divide-line mt-2 divide-y"
        empty={<p className="text-muted mt-1 text-sm">{text.none}</p>}
      >
        {(acting) => <One acting={acting} />}
      </Paged>
    </section>
  );
}

function One({ acting }: { readonly acting: Answer<typeof READ>["items"][number] }) {
  const end = useCommand("DELETE /v1/auth/acting/{actingId}", { forget: [READ] });
  return (
    <div className="flex flex-col gap-2 py-3 text-sm">
      <p className="flex flex-wrap items-center gap-3">
        <strong className="break-words">{acting.reason}</strong>
        {acting.isLive && <Tag tone="deal">{text.live}</Tag>}
        <span className="text-muted">{`${moment(acting.startedAt)} – ${clock(acting.until)}`}</span>
      </p>
      <Commands of={acting.commands} />
      {acting.isLive && (
        <button
          type="button"
          className="button button-bad button-small self-start"
          disabled={end.isPending}
          onClick={() => end.mutate({ path: { actingId: acting.id } })}
        >
          {text.end}
        </button>
      )}
      <Refusal error={end.error} />
    </div>
  );
}
