import type { Live } from "../live/room.ts";
import { texts } from "../shell/text.ts";
import { Chips } from "../ui/chips.tsx";
import { Refusal } from "../ui/refusal.tsx";
import type { Show } from "./show-states.ts";
import { useStage } from "./stage.ts";

const text = texts({
  en: {
    title: "What viewers say",
    none: "Nobody has said anything yet.",
    slow: "Slow mode",
    off: "Off",
    seconds: (n: string) => `${n} s`,
    remove: "Remove",
    mute: "Mute for 10 minutes",
    put: "Put out",
  },
  id: {
    title: "Kata penonton",
    none: "Belum ada yang berbicara.",
    slow: "Mode lambat",
    off: "Mati",
    seconds: (n: string) => `${n} dtk`,
    remove: "Hapus",
    mute: "Bisukan 10 menit",
    put: "Keluarkan",
  },
});
const SLOW = [0, 5, 30].map((value) => ({
  value,
  name: value === 0 ? text.off : text.seconds(String(value)),
}));
const MUTE_SECONDS = 600;
type Props = { readonly show: Show; readonly live: Live | undefined };

/** The room's words, the newest first, and order among those who speak. */
export function StudioChat({ show, live }: Props) {
  const stage = useStage(show);
  const said = (live?.messages ?? []).toReversed();
  return (
    <section className="panel">
      <h2 className="mb-2 text-lg font-bold">{text.title}</h2>
      <p className="field-label">{text.slow}</p>
      <Chips
        label={text.slow}
        options={SLOW}
        value={(live?.slowMs ?? 0) / 1_000}
        onChoose={(seconds) => stage.direct({ t: "slow", seconds })}
      />
      <Refusal error={stage.error} />
      {said.length === 0 && <p className="text-muted">{text.none}</p>}
      <ul className="divide-line max-h-[32rem] divide-y overflow-y-auto" aria-live="off">
        {said.map(({ seq, name, text: words }) => (
          <li key={seq} className="py-2.5 text-sm">
            <p className="break-words">
              <strong>{name}</strong> {words}
            </p>
            <p className="text-muted mt-1 flex flex-wrap gap-x-3">
              {[
                { label: text.remove, t: "remove_message" as const },
                { label: text.put, t: "remove" as const },
              ].map(({ label, t }) => (
                <button
                  key={t}
                  type="button"
                  className="hover:text-bad font-semibold"
                  aria-label={`${label}: ${name}`}
                  onClick={() => stage.direct({ t, messageSeq: seq })}
                >
                  {label}
                </button>
              ))}
              <button
                type="button"
                className="hover:text-bad font-semibold"
                aria-label={`${text.mute}: ${name}`}
                onClick={() => stage.direct({ t: "mute", messageSeq: seq, seconds: MUTE_SECONDS })}
              >
                {text.mute}
              </button>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
