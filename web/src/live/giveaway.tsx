import { useMutation } from "@tanstack/react-query";
import { useIsSignedIn } from "../session/session.ts";
import { signInHref } from "../session/sign-in-href.ts";
import { count, texts } from "../shell/text.ts";
import { useNow } from "../ui/countdown.tsx";
import { isFairDraw } from "./draw.ts";
import { EventCard } from "./event-card.tsx";
import { codeOf, refusalOf } from "./refusals.ts";
import type { Giveaway } from "./room.ts";
import type { RoomHandle } from "./use-room.ts";

const text = texts({
  en: {
    giveaway: "Giveaway",
    about: (winners: string, entries: string) => `${winners} to win · ${entries} in`,
    enter: "Join for free",
    entered: "You are in. Good luck!",
    signIn: "Sign in to join",
    soon: "Being drawn…",
    won: "You won! The shop will be in touch.",
    lost: "Drawn. You were not among the winners this time.",
    check: "Check the draw",
    fair: "Checked here: the winners follow from the seed that was fixed before anybody joined.",
    unfair: "The draw does not follow from what was published.",
  },
  id: {
    giveaway: "Undian",
    about: (winners: string, entries: string) => `${winners} pemenang · ${entries} peserta`,
    enter: "Ikut gratis",
    entered: "Anda sudah ikut. Semoga beruntung!",
    signIn: "Masuk untuk ikut",
    soon: "Sedang diundi…",
    won: "Anda menang! Toko akan menghubungi Anda.",
    lost: "Sudah diundi. Kali ini Anda belum beruntung.",
    check: "Periksa undian",
    fair: "Sudah diperiksa di sini: pemenang mengikuti benih yang ditetapkan sebelum ada yang ikut.",
    unfair: "Hasil undian tidak sesuai dengan yang diumumkan.",
  },
});

type Props = {
  readonly giveaway: Giveaway;
  readonly you: string;
  readonly skew: number;
  readonly room: RoomHandle | undefined;
};

export function GiveawayCard({ giveaway, you, skew, room }: Props) {
  const { title, winners, entries, state, closesAt, drawn } = giveaway;
  const now = useNow(skew);
  const isOpen = state === "open" && closesAt > now;
  return (
    <EventCard kind={text.giveaway} title={title} until={isOpen ? closesAt : undefined} skew={skew}>
      <p className="text-muted mb-2">{text.about(count(winners), count(entries))}</p>
      {isOpen && <Enter giveaway={giveaway} room={room} />}
      {!isOpen && (
        <p className={drawn.includes(you) ? "text-good font-bold" : "text-muted"} role="status">
          {state === "open" ? text.soon : drawn.includes(you) ? text.won : text.lost}
        </p>
      )}
      {giveaway.proof && <Check giveaway={giveaway} />}
    </EventCard>
  );
}

function Enter({ giveaway: { id: giveawayId }, room }: Pick<Props, "giveaway" | "room">) {
  const isSignedIn = useIsSignedIn();
  const enter = useMutation({
    mutationFn: async () => void (await room?.change({ t: "enter", giveawayId })),
  });
  const isIn = enter.isSuccess || codeOf(enter.error) === "livestream.entered_already";
  if (!isSignedIn) {
    return (
      <a className="button button-primary w-full" href={signInHref()}>
        {text.signIn}
      </a>
    );
  }
  if (isIn) {
    return (
      <p className="text-good font-semibold" role="status">
        {text.entered}
      </p>
    );
  }
  return (
    <>
      <button
        type="button"
        className="button button-primary w-full"
        disabled={enter.isPending || !room}
        onClick={() => enter.mutate()}
      >
        {text.enter}
      </button>
      {enter.error && (
        <p className="text-bad mt-1.5" role="alert">
          {refusalOf(enter.error)}
        </p>
      )}
    </>
  );
}

/** Nobody has to believe us: the draw is done again in this browser. */
function Check({ giveaway }: Pick<Props, "giveaway">) {
  const check = useMutation({ mutationFn: () => isFairDraw(giveaway) });
  if (check.data !== undefined) {
    return (
      <p className={`mt-2 text-xs ${check.data ? "text-good" : "text-bad"}`} role="status">
        {check.data ? text.fair : text.unfair}
      </p>
    );
  }
  return (
    <button type="button" className="button button-quiet button-small mt-2" onClick={() => check.mutate()}>
      {text.check}
    </button>
  );
}
