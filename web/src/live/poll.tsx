import { useMutation } from "@tanstack/react-query";
import { useIsSignedIn } from "../session/session.ts";
import { signInHref } from "../session/sign-in-href.ts";
import { count, texts } from "../shell/text.ts";
import { useNow } from "../ui/countdown.tsx";
import { EventCard } from "./event-card.tsx";
import { refusalOf } from "./refusals.ts";
import type { Poll } from "./room.ts";
import type { RoomHandle } from "./use-room.ts";

const text = texts({
  en: {
    poll: "Poll",
    votes: (n: string) => (n === "1" ? "1 vote" : `${n} votes`),
    signIn: "Sign in to vote",
  },
  id: { poll: "Jajak pendapat", votes: (n: string) => `${n} suara`, signIn: "Masuk untuk memilih" },
});

type Props = { readonly poll: Poll; readonly skew: number; readonly room: RoomHandle | undefined };

/** One vote a person, who may change it while it is open. */
export function PollCard({ poll, skew, room }: Props) {
  const { id: pollId, question, choices, counts, closesAt, isClosed } = poll;
  const now = useNow(skew);
  const isSignedIn = useIsSignedIn();
  const isOpen = !isClosed && closesAt > now;
  const vote = useMutation({
    mutationFn: async (choice: number) => void (await room?.change({ t: "vote", pollId, choice })),
  });
  const most = Math.max(1, ...counts);
  return (
    <EventCard kind={text.poll} title={question} until={isOpen ? closesAt : undefined} skew={skew}>
      <ul className="mt-2 flex flex-col gap-1.5">
        {choices.map((choice, at) => (
          <li key={choice}>
            <button
              type="button"
              className="live-choice"
              aria-label={`${choice}: ${text.votes(count(counts[at] ?? 0))}`}
              aria-pressed={vote.variables === at && !vote.isError}
              disabled={!isOpen || !isSignedIn || !room}
              onClick={() => vote.mutate(at)}
            >
              <span className="min-w-0 text-left">{choice}</span>
              <meter
                className="live-meter w-16 shrink-0"
                min={0}
                max={most}
                value={counts[at] ?? 0}
                aria-hidden
              />
              <span className="tabular-nums">{text.votes(count(counts[at] ?? 0))}</span>
            </button>
          </li>
        ))}
      </ul>
      {isOpen && !isSignedIn && (
        <a className="text-brand mt-2 inline-block font-semibold" href={signInHref()}>
          {text.signIn}
        </a>
      )}
      {vote.error && (
        <p className="text-bad mt-1.5" role="alert">
          {refusalOf(vote.error)}
        </p>
      )}
    </EventCard>
  );
}
