import { texts } from "./text.ts";
import { clock } from "./when.ts";

const text = texts({
  en: { nothing: "Only looked, and changed nothing.", failed: "refused", open: "outcome unknown" },
  id: { nothing: "Hanya melihat, tidak mengubah apa pun.", failed: "ditolak", open: "hasil tidak diketahui" },
});

type Command = { readonly command: string; readonly status: number | null; readonly at: string };

const REFUSED_FROM = 400;
const outcomeOf = (status: number | null): string =>
  status === null ? text.open : status >= REFUSED_FROM ? text.failed : "";

/** Every command that was given in somebody's name, as the log has it. */
export const Commands = ({ of }: { readonly of: readonly Command[] }) =>
  of.length === 0 ? (
    <p className="text-muted">{text.nothing}</p>
  ) : (
    <ol className="bg-sunken rounded-control flex flex-col gap-1 p-3">
      {of.map(({ command, status, at }) => (
        <li key={`${at}${command}`} className="flex flex-wrap gap-x-3">
          <time className="text-muted tabular-nums" dateTime={at}>
            {clock(at)}
          </time>
          <code className="min-w-0 break-all">{command}</code>
          <span className="text-bad">{outcomeOf(status)}</span>
        </li>
      ))}
    </ol>
  );
