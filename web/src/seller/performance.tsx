import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { pagesOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { day, moment } from "../shell/when.ts";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, TextArea } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { HealthPanel } from "./health.tsx";
import { metricName } from "./score.ts";
import { isOwner, useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Performance",
    points: "Penalty points",
    none: "No points were ever given. Well done.",
    given: (n: string) => `${n} points`,
    back: (n: string) => `${n} points taken back`,
    until: (at: string) => `lapse ${at}`,
    conduct: "For the shop's conduct",
    appeal: "Appeal",
    appealText: "Say what the number does not show. Somebody reads it and answers.",
    words: "Your words",
    send: "Hand the appeal in",
    appeals: "Appeals",
    noAppeals: "You have not appealed against anything.",
    open: "Waits for an answer",
    granted: "Granted",
    denied: "Denied",
    answerBy: (at: string) => `answer by ${at}`,
  },
  id: {
    title: "Performa",
    points: "Poin penalti",
    none: "Belum pernah ada poin. Bagus sekali.",
    given: (n: string) => `${n} poin`,
    back: (n: string) => `${n} poin ditarik kembali`,
    until: (at: string) => `hangus ${at}`,
    conduct: "Karena perilaku toko",
    appeal: "Ajukan banding",
    appealText: "Jelaskan yang tidak terlihat dari angka. Akan dibaca dan dijawab.",
    words: "Penjelasan Anda",
    send: "Kirim banding",
    appeals: "Banding",
    noAppeals: "Anda belum pernah mengajukan banding.",
    open: "Menunggu jawaban",
    granted: "Dikabulkan",
    denied: "Ditolak",
    answerBy: (at: string) => `dijawab sebelum ${at}`,
  },
});
type Penalty = Answer<"GET /v1/sellers/{sellerId}/penalties">["items"][number];
type Appeal = Answer<"GET /v1/sellers/{sellerId}/appeals">["items"][number];
const tone: { readonly [S in Appeal["state"]]: Tone } = { open: "brand", granted: "good", denied: "bad" };
const READS = ["GET /v1/sellers/{sellerId}/penalties", "GET /v1/sellers/{sellerId}/appeals"] as const;

/** The numbers, the points that followed from them, and the way to speak against those. */
export function PerformancePage() {
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <HealthPanel />
      <Penalties />
      <Appeals />
    </>
  );
}

function Penalties() {
  const shop = useShop();
  const path = { sellerId: shop.seller };
  const penalties = useInfiniteQuery(
    pagesOf("GET /v1/sellers/{sellerId}/penalties", { path, query: {} }, shop),
  );
  const [appealed, setAppealed] = useState<Penalty>();
  return (
    <section>
      <h2 className="section-title">{text.points}</h2>
      <Paged query={penalties} keyOf={({ id }) => id} empty={<p className="text-muted">{text.none}</p>}>
        {(penalty) => (
          <div className="panel flex flex-wrap items-center gap-x-4 gap-y-2">
            <span className="min-w-0 flex-1 basis-52">
              <strong className="block">
                {penalty.points > 0 ? text.given(count(penalty.points)) : text.back(count(-penalty.points))}
              </strong>
              <span className="text-muted text-sm">{aboutOf(penalty)}</span>
            </span>
            {penalty.points > 0 && isOwner(shop) && (
              <button
                type="button"
                className="button button-quiet button-small"
                onClick={() => setAppealed(penalty)}
              >
                {text.appeal}
              </button>
            )}
          </div>
        )}
      </Paged>
      {appealed && <AppealDialog penalty={appealed} onClose={() => setAppealed(undefined)} />}
    </section>
  );
}

const isMetric = (metric: string): metric is keyof typeof metricName => metric in metricName;

function aboutOf({ metric, reason, at, expiresAt }: Penalty): string {
  const what = isMetric(metric) ? metricName[metric] : text.conduct;
  return [what, reason, moment(at), text.until(day(expiresAt))].filter(Boolean).join(", ");
}

type DialogProps = { readonly penalty: Penalty; readonly onClose: () => void };

function AppealDialog({ penalty, onClose }: DialogProps) {
  const { seller } = useShop();
  const appeal = useCommand("POST /v1/sellers/{sellerId}/appeals", { forget: READS, onDone: onClose });
  const send = (form: FormData) =>
    appeal.mutate({
      path: { sellerId: seller },
      body: { penaltyId: penalty.id, words: fieldOf(form, "words") },
    });
  return (
    <Dialog title={text.appeal} onClose={onClose}>
      <Form onSend={send} submit={text.send} command={appeal}>
        <p className="text-muted">{text.appealText}</p>
        <TextArea
          label={text.words}
          name="words"
          error={fieldError(appeal.error, "body.words")}
          maxLength={2_000}
          required
        />
      </Form>
    </Dialog>
  );
}

function Appeals() {
  const shop = useShop();
  const path = { sellerId: shop.seller };
  const appeals = useInfiniteQuery(pagesOf("GET /v1/sellers/{sellerId}/appeals", { path, query: {} }, shop));
  return (
    <section>
      <h2 className="section-title">{text.appeals}</h2>
      <Paged query={appeals} keyOf={({ id }) => id} empty={<p className="text-muted">{text.noAppeals}</p>}>
        {(appeal) => (
          <div className="panel">
            <div className="flex flex-wrap items-center gap-3">
              <Tag tone={tone[appeal.state]}>{text[appeal.state]}</Tag>
              <span className="text-muted text-sm">
                {moment(appeal.submittedAt)}
                {appeal.state === "open" && `, ${text.answerBy(day(appeal.answerBy))}`}
              </span>
            </div>
            <p className="mt-2">{appeal.words}</p>
            {appeal.decision !== null && <p className="text-muted mt-2">“{appeal.decision}”</p>}
          </div>
        )}
      </Paged>
    </section>
  );
}
