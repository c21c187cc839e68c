import { useInfiniteQuery } from "@tanstack/react-query";
import { Video } from "lucide-react";
import { useCommand } from "../api/command.ts";
import { pagesOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { useStartCall } from "./start.ts";

const text = texts({
  en: {
    title: "Video talks",
    none: "No talk was asked for",
    noneText: "From a conversation with a shop you can ask for a talk by video.",
    requested: "Asked for",
    accepted: "Agreed",
    cancelled: "Called off",
    accept: "Agree",
    cancel: "Call off",
    call: "Call",
  },
  id: {
    title: "Bicara lewat video",
    none: "Belum ada janji bicara",
    noneText: "Dari percakapan dengan toko, Anda dapat meminta bicara lewat video.",
    requested: "Diminta",
    accepted: "Disepakati",
    cancelled: "Dibatalkan",
    accept: "Setujui",
    cancel: "Batalkan",
    call: "Telepon",
  },
});

type Talk = Schemas["Consultation"];
const TONES: { readonly [S in Talk["state"]]: Tone } = {
  requested: "brand",
  accepted: "good",
  cancelled: "plain",
};
const READS = ["GET /v1/calls/consultations"] as const;

/** One's own talks, or those of a shop for which one answers. */
export function Talks({ seller }: { readonly seller?: string }) {
  const as = seller === undefined ? "buyer" : "seller";
  const acting = seller === undefined ? {} : { seller };
  const query = useInfiniteQuery(pagesOf("GET /v1/calls/consultations", { query: { as } }, acting));
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Paged query={query} keyOf={({ id }) => id} empty={<Empty title={text.none} text={text.noneText} />}>
        {(talk) => <OneTalk talk={talk} seller={seller} />}
      </Paged>
    </>
  );
}

const isNow = ({ state, callableFrom, callableUntil }: Talk): boolean =>
  state === "accepted" && Date.now() >= Date.parse(callableFrom) && Date.now() <= Date.parse(callableUntil);

function OneTalk({ talk, seller }: { readonly talk: Talk; readonly seller: string | undefined }) {
  const path = { consultationId: talk.id };
  const acting = seller === undefined ? {} : { seller };
  const accept = useCommand("POST /v1/calls/consultations/{consultationId}/accept", {
    forget: READS,
    ...acting,
  });
  const cancel = useCommand("POST /v1/calls/consultations/{consultationId}/cancel", {
    forget: READS,
    ...acting,
  });
  const start = useStartCall();
  const as = seller === undefined ? "buyer" : "seller";
  return (
    <article className="panel flex flex-wrap items-center justify-between gap-3">
      <p className="flex items-center gap-3 font-semibold">
        {moment(talk.startsAt)}
        <Tag tone={TONES[talk.state]}>{text[talk.state]}</Tag>
      </p>
      <div className="flex gap-2">
        {seller !== undefined && talk.state === "requested" && (
          <button
            type="button"
            className="button button-primary button-small"
            onClick={() => accept.mutate({ path })}
          >
            {text.accept}
          </button>
        )}
        {isNow(talk) && (
          <button
            type="button"
            className="button button-primary button-small"
            disabled={start.isPending}
            onClick={() => start.mutate({ about: path, seller })}
          >
            <Video size={16} aria-hidden />
            {text.call}
          </button>
        )}
        {talk.state !== "cancelled" && (
          <button
            type="button"
            className="button button-quiet button-small"
            onClick={() => cancel.mutate({ path, query: { as } })}
          >
            {text.cancel}
          </button>
        )}
      </div>
      <Refusal error={accept.error ?? cancel.error ?? start.error} />
    </article>
  );
}
