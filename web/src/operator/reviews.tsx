import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useCommand } from "../api/command.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Loaded, Paged } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import { Decision } from "./decision.tsx";

const text = texts({
  en: {
    title: "Moderation",
    reviews: "Reviews",
    questions: "Questions and answers",
    messages: "Reported messages",
    none: "Nothing waits",
    publish: "Publish",
    reject: "Take away",
    dismiss: "Dismiss the report",
    stars: (n: number) => `${n} of 5 stars`,
  },
  id: {
    title: "Moderasi",
    reviews: "Ulasan",
    questions: "Tanya jawab",
    messages: "Pesan yang dilaporkan",
    none: "Tidak ada yang menunggu",
    publish: "Terbitkan",
    reject: "Hapus",
    dismiss: "Abaikan laporan",
    stars: (n: number) => `${n} dari 5 bintang`,
  },
});

/** What people said that somebody has to look at. */
export const ReviewsPage = () => (
  <>
    <h1 className="page-title">{text.title}</h1>
    <Reviews />
    <Questions />
    <Messages />
  </>
);

type SaidProps = {
  readonly at: string;
  readonly findings: readonly string[];
  readonly words: string;
  readonly about?: string;
  readonly children: ReactNode;
};

const Said = ({ at, findings, words, about, children }: SaidProps) => (
  <article className="panel flex flex-col gap-3">
    <p className="text-muted flex flex-wrap items-center gap-2 text-sm">
      {fromNow(at)}
      {about}
      {findings.map((finding) => (
        <Tag key={finding} tone="bad">
          {finding}
        </Tag>
      ))}
    </p>
    <p className="break-words whitespace-pre-line">{words}</p>
    <div className="flex gap-2">{children}</div>
  </article>
);

function Reviews() {
  const query = useInfiniteQuery(pagesOf("GET /v1/reviews/queue", { query: {} }));
  return (
    <>
      <h2 className="section-title">{text.reviews}</h2>
      <Paged query={query} keyOf={({ id }) => id} empty={<Empty title={text.none} />}>
        {(review) => <Review review={review} />}
      </Paged>
    </>
  );
}

function Review({ review }: { readonly review: Schemas["QueuedReview"] }) {
  const findings = [...review.findings, ...review.reports.map(({ reason }) => reason)];
  const words = [review.title, review.text].filter(Boolean).join("\n");
  return (
    <Said at={review.createdAt} findings={findings} words={words} about={text.stars(review.stars.product)}>
      <Verdicts of="review" id={review.id} />
    </Said>
  );
}

/** What the three kinds of words have in common: published or not, and why. */
const VERDICTS = {
  review: { name: "POST /v1/reviews/{reviewId}/decide", forget: ["GET /v1/reviews/queue"] },
  question: { name: "POST /v1/questions/{questionId}/decide", forget: ["GET /v1/questions/queue"] },
  answer: { name: "POST /v1/questions/answers/{answerId}/decide", forget: ["GET /v1/questions/queue"] },
} as const;
type Of = keyof typeof VERDICTS;

const Verdicts = ({ of, id }: { readonly of: Of; readonly id: string }) => (
  <>
    <Verdict of={of} id={id} publish />
    <Verdict of={of} id={id} publish={false} />
  </>
);

function Verdict({ of, id, publish }: { readonly of: Of; readonly id: string; readonly publish: boolean }) {
  const { name, forget } = VERDICTS[of];
  const decide = useCommand(name, { forget });
  const path = { reviewId: id, questionId: id, answerId: id };
  return (
    <Decision
      label={publish ? text.publish : text.reject}
      tone={publish ? "primary" : "bad"}
      command={decide}
      onDecide={(reason, close) => decide.mutate({ path, body: { publish, reason } }, { onSuccess: close })}
    />
  );
}

function Questions() {
  const query = useQuery(queryOf("GET /v1/questions/queue", { query: {} }));
  return (
    <>
      <h2 className="section-title">{text.questions}</h2>
      <Loaded query={query}>
        {({ questions, answers }) =>
          questions.length + answers.length === 0 ? (
            <Empty title={text.none} />
          ) : (
            <div className="list">
              {questions.map((one) => (
                <Said key={one.id} at={one.createdAt} findings={one.findings} words={one.text}>
                  <Verdicts of="question" id={one.id} />
                </Said>
              ))}
              {answers.map((one) => (
                <Said key={one.id} at={one.createdAt} findings={one.findings} words={one.text}>
                  <Verdicts of="answer" id={one.id} />
                </Said>
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function Messages() {
  const query = useInfiniteQuery(pagesOf("GET /v1/chats/reports", { query: {} }));
  return (
    <>
      <h2 className="section-title">{text.messages}</h2>
      <Paged query={query} keyOf={({ id }) => id} empty={<Empty title={text.none} />}>
        {(one) => (
          <Said at={one.createdAt} findings={[one.reason]} words={one.text ?? ""} about={one.note ?? ""}>
            <MessageDecision id={one.id} decision="removed" />
            <MessageDecision id={one.id} decision="dismissed" />
          </Said>
        )}
      </Paged>
    </>
  );
}

type MessageProps = { readonly id: string; readonly decision: "dismissed" | "removed" };

function MessageDecision({ id, decision }: MessageProps) {
  const decide = useCommand("POST /v1/chats/reports/{reportId}/decide", {
    forget: ["GET /v1/chats/reports"],
  });
  return (
    <Decision
      label={decision === "removed" ? text.reject : text.dismiss}
      tone={decision === "removed" ? "bad" : "quiet"}
      reason="none"
      command={decide}
      onDecide={(_, close) =>
        decide.mutate({ path: { reportId: id }, body: { decision } }, { onSuccess: close })
      }
    />
  );
}
