import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { call } from "../api/client.ts";
import { useIntents } from "../api/intent.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { codeOf, refusalOf } from "../live/refusals.ts";
import { useIsSignedIn } from "../session/session.ts";
import { signInHref } from "../session/sign-in-href.ts";
import { count, texts } from "../shell/text.ts";
import { useNow } from "../ui/countdown.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag } from "../ui/tag.tsx";
import { Holding } from "./holding.tsx";
import { useSale } from "./use-sale.ts";
import { useTurn, WaitingRoom } from "./waiting-room.tsx";

const text = texts({
  en: {
    signIn: "Sign in to take part",
    remind: "Remind me",
    forget: "Do not remind me",
    reminded: "We will remind you shortly before the start.",
    claim: "Get it now",
    claiming: "Getting it…",
    units: "Units",
    sold: "Sold out",
    soldText: "All units are taken. What is not paid in time comes back here.",
    line: "Stand in line",
    inLine: "You are in line. If a unit comes back, it is kept for you and we tell you here and by message.",
    plenty: "Plenty left",
    some: "Going fast",
    few: "Nearly gone",
  },
  id: {
    signIn: "Masuk untuk ikut",
    remind: "Ingatkan saya",
    forget: "Batalkan pengingat",
    reminded: "Kami ingatkan sesaat sebelum dimulai.",
    claim: "Ambil sekarang",
    claiming: "Mengambil…",
    units: "Jumlah",
    sold: "Habis",
    soldText: "Semua unit sudah diambil. Yang tidak dibayar tepat waktu kembali ke sini.",
    line: "Ikut antre",
    inLine:
      "Anda di antrean. Bila ada unit kembali, kami simpan untuk Anda dan kabari di sini serta lewat pesan.",
    plenty: "Masih banyak",
    some: "Cepat berkurang",
    few: "Hampir habis",
  },
});

type Sale = Schemas["Sale"];
type Props = { readonly sale: Sale; readonly skew: number };
const LIVE_STATES = ["held", "pledged", "sold"];
/** Early enough that everybody is connected when it begins. */
const WATCH_BEFORE_MS = 5 * 60_000;

/** What a person can do at this moment of the sale. */
export function Entry({ sale, skew: givenSkew }: Props) {
  const isSignedIn = useIsSignedIn();
  const [startsAt, endsAt] = [Date.parse(sale.startsAt), Date.parse(sale.endsAt)];
  const roughly = useNow(givenSkew);
  const isOver = roughly >= endsAt || sale.state === "closed";
  const one = useSale(sale.id, !isOver && roughly > startsAt - WATCH_BEFORE_MS);
  const skew = one.skew ?? givenSkew;
  const now = useNow(skew);
  const turn = useTurn(sale, isSignedIn && !isOver);
  const holds = one.holds.filter(({ state }) => LIVE_STATES.includes(state));
  const isAdmitted =
    sale.queue === "none" || (turn.data?.admitted !== undefined && turn.data.admitted <= now);
  if (isOver && holds.length === 0) return null;
  if (!isSignedIn) {
    return (
      <a className="button button-primary mt-4 w-full" href={signInHref()}>
        {text.signIn}
      </a>
    );
  }
  return (
    <div className="mt-4 flex flex-col gap-4">
      {holds.map((held) => (
        <Holding key={held.id} saleId={sale.id} held={held} skew={skew} onChange={one.keep} />
      ))}
      {now < startsAt && <Remind saleId={sale.id} />}
      {sale.queue !== "none" && !isOver && !isAdmitted && <WaitingRoom {...{ sale, turn, skew, now }} />}
      {now >= startsAt && !isOver && isAdmitted && <Taking sale={sale} room={one} turn={turn.data?.turn} />}
    </div>
  );
}

function Remind({ saleId }: { readonly saleId: string }) {
  const path = { saleId };
  const remind = useMutation({
    mutationFn: (isWanted: boolean) =>
      isWanted
        ? call("PUT /v1/flash-sales/{saleId}/reminder", { path })
        : call("DELETE /v1/flash-sales/{saleId}/reminder", { path }),
  });
  const isAsked = remind.isSuccess && remind.variables === true;
  return (
    <>
      <button
        type="button"
        className={`button ${isAsked ? "button-quiet" : "button-primary"}`}
        disabled={remind.isPending}
        onClick={() => remind.mutate(!isAsked)}
      >
        {isAsked ? text.forget : text.remind}
      </button>
      {isAsked && (
        <p className="text-good text-sm font-semibold" role="status">
          {text.reminded}
        </p>
      )}
      <Refusal error={remind.error} />
    </>
  );
}

type TakingProps = {
  readonly sale: Sale;
  readonly room: ReturnType<typeof useSale>;
  readonly turn: string | undefined;
};

/** Claims while there is something, stands in line when there is not; what comes back is claimed again. */
function Taking({ sale, room, turn }: TakingProps) {
  const [quantity, setQuantity] = useState(1);
  // One claim a decision: the same press after a lost answer is the same hold; another one is another key.
  const key = useRef(crypto.randomUUID());
  const decide = () => {
    key.current = crypto.randomUUID();
  };
  const claim = useMutation({
    mutationFn: () => room.claim({ quantity, key: key.current, turn }),
    onSuccess: decide,
    onError: (error) => codeOf(error) !== "network" && decide(),
  });
  const isRefused = codeOf(claim.error) === "flash_sale.sold_out";
  // Whoever has just pressed waits for his own answer, whatever is told to all meanwhile.
  const isGone = !claim.isPending && (room.band === "gone" || (room.band === undefined && isRefused));
  return (
    <div className="flex flex-col gap-3">
      <p role="status">
        <Band band={isGone ? "gone" : room.band} />
      </p>
      {isGone ? (
        <Line room={room} quantity={quantity} />
      ) : (
        <div className="flex flex-wrap items-center gap-3">
          <Units
            most={sale.perBuyer}
            quantity={quantity}
            onChange={(units) => {
              setQuantity(units);
              decide();
            }}
          />
          <button
            type="button"
            className="button button-primary flex-1"
            disabled={claim.isPending}
            onClick={() => claim.mutate()}
          >
            {claim.isPending ? text.claiming : text.claim}
          </button>
        </div>
      )}
      {claim.error && (
        <p className="notice notice-bad" role="alert">
          {refusalOf(claim.error)}
        </p>
      )}
    </div>
  );
}

type UnitsProps = {
  readonly most: number;
  readonly quantity: number;
  readonly onChange: (units: number) => void;
};

function Units({ most, quantity, onChange }: UnitsProps) {
  if (most <= 1) return null;
  return (
    <label className="flex items-center gap-2 text-sm font-semibold">
      {text.units}
      <select
        className="input w-20"
        value={quantity}
        onChange={({ target }) => onChange(Number(target.value))}
      >
        {Array.from({ length: most }, (_, at) => at + 1).map((units) => (
          <option key={units} value={units}>
            {count(units)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Band({ band }: { readonly band: string | undefined }) {
  if (band === "gone") return <Tag tone="bad">{text.sold}</Tag>;
  if (band === "few") return <Tag tone="deal">{text.few}</Tag>;
  if (band === "some") return <Tag tone="deal">{text.some}</Tag>;
  if (band === "plenty") return <Tag tone="good">{text.plenty}</Tag>;
  return null;
}

type LineProps = { readonly room: ReturnType<typeof useSale>; readonly quantity: number };

function Line({ room, quantity }: LineProps) {
  const once = useIntents();
  const wait = useMutation({ mutationFn: () => once(quantity, (key) => room.wait({ quantity, key })) });
  return (
    <>
      <p className="text-muted text-sm">{text.soldText}</p>
      {wait.isSuccess ? (
        <p className="notice" role="status">
          {text.inLine}
        </p>
      ) : (
        <button
          type="button"
          className="button button-quiet"
          disabled={wait.isPending}
          onClick={() => wait.mutate()}
        >
          {text.line}
        </button>
      )}
      {wait.error && (
        <p className="text-bad text-sm" role="alert">
          {refusalOf(wait.error)}
        </p>
      )}
    </>
  );
}
