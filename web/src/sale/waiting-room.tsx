import { type UseQueryResult, useMutation, useQuery } from "@tanstack/react-query";
import { ApiError, call } from "../api/client.ts";
import { queryClient, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { count, texts } from "../shell/text.ts";
import { Countdown } from "../ui/countdown.tsx";
import { Refusal } from "../ui/refusal.tsx";

const text = texts({
  en: {
    title: "Waiting room",
    fifo: "This sale lets people in one after another, in the order in which they came.",
    lottery: "This sale draws lots for the order; it does not matter when you come before the start.",
    join: "Take a place",
    place: (n: string) => `Your place: ${n}`,
    turn: "Your turn in",
    drawing: "Lots are drawn at the start. Stay here; your turn shows by itself.",
    sealed: "Sealed before anybody came:",
    late: "The waiting room has closed.",
  },
  id: {
    title: "Ruang tunggu",
    fifo: "Flash sale ini memasukkan orang satu per satu, sesuai urutan kedatangan.",
    lottery: "Urutan flash sale ini diundi; tidak masalah kapan Anda datang sebelum dimulai.",
    join: "Ambil tempat",
    place: (n: string) => `Tempat Anda: ${n}`,
    turn: "Giliran Anda dalam",
    drawing: "Undian dilakukan saat dimulai. Tetap di sini; giliran Anda muncul sendiri.",
    sealed: "Disegel sebelum ada yang datang:",
    late: "Ruang tunggu sudah ditutup.",
  },
});

type Sale = Schemas["Sale"];
type Turn = Schemas["Turn"] & { readonly admitted: number | undefined };
const QUEUE = "GET /v1/flash-sales/{saleId}/queue";
/** A turn that is not known yet is looked up again: soon after the start, rarely before. */
const DRAW_POLL_MS = 2_000;

const withTime = (turn: Schemas["Turn"]): Turn => ({
  ...turn,
  admitted: turn.admittedAt === null ? undefined : Date.parse(turn.admittedAt),
});

/** The person's place, where he has taken one; no place is no error. */
export const useTurn = ({ id: saleId, queue }: Sale, isAsked: boolean) =>
  useQuery({
    ...queryOf(QUEUE, { path: { saleId } }),
    enabled: isAsked && queue !== "none",
    retry: false,
    select: withTime,
    refetchInterval: ({ state: { data } }) => (data && data.admittedAt === null ? DRAW_POLL_MS : false),
  });

type Props = {
  readonly sale: Sale;
  readonly turn: UseQueryResult<Turn>;
  readonly skew: number;
  readonly now: number;
};

/** A place before the crowd, and the time of one's turn. */
export function WaitingRoom({ sale, turn, skew, now }: Props) {
  const { id: saleId, queue, commitment, startsAt } = sale;
  const join = useMutation({
    mutationFn: () => call("POST /v1/flash-sales/{saleId}/queue", { path: { saleId } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [QUEUE] }),
  });
  const hasNone = turn.error instanceof ApiError && turn.error.code === "flash_sale.no_queue";
  const isLate = queue === "lottery" && now >= Date.parse(startsAt);
  return (
    <section className="panel flex flex-col gap-3" aria-labelledby="waiting">
      <h2 className="font-bold" id="waiting">
        {text.title}
      </h2>
      <p className="text-muted text-sm">{queue === "fifo" ? text.fifo : text.lottery}</p>
      {turn.data && (
        <p className="flex flex-wrap items-baseline gap-x-3 font-semibold" role="status">
          {turn.data.admitted === undefined ? (
            text.drawing
          ) : (
            <>
              {text.place(count(turn.data.place))} · {text.turn}{" "}
              <Countdown until={turn.data.admitted} skew={skew} />
            </>
          )}
        </p>
      )}
      {!turn.data && hasNone && isLate && <p>{text.late}</p>}
      {!turn.data && hasNone && !isLate && (
        <button
          type="button"
          className="button button-primary"
          disabled={join.isPending}
          onClick={() => join.mutate()}
        >
          {text.join}
        </button>
      )}
      {turn.error && !hasNone && <Refusal error={turn.error} />}
      <Refusal error={join.error} />
      {commitment !== null && (
        <p className="text-muted text-xs wrap-anywhere">
          {text.sealed} <code>{commitment}</code>
        </p>
      )}
    </section>
  );
}
