import { useQuery } from "@tanstack/react-query";
import { useCommand } from "../api/command.ts";
import { queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { TableFrame } from "../ui/table-frame.tsx";
import { Decision } from "./decision.tsx";

const text = texts({
  en: {
    title: "Queues",
    none: "Nothing was given up",
    noneText: "Every message was taken and every job was done, or will be tried again by itself.",
    letters: "Messages given up",
    jobs: "Jobs given up",
    what: "What",
    subject: "Of",
    tries: "Tries",
    error: "Last error",
    when: "Given up",
    redrive: "Send all again",
    done: (letters: string, jobs: string) => `${letters} messages and ${jobs} jobs were sent again.`,
  },
  id: {
    title: "Antrean",
    none: "Tidak ada yang menyerah",
    noneText: "Semua pesan diterima dan semua tugas selesai, atau dicoba lagi dengan sendirinya.",
    letters: "Pesan yang menyerah",
    jobs: "Tugas yang menyerah",
    what: "Apa",
    subject: "Untuk",
    tries: "Percobaan",
    error: "Galat terakhir",
    when: "Menyerah",
    redrive: "Kirim semua lagi",
    done: (letters: string, jobs: string) => `${letters} pesan dan ${jobs} tugas dikirim lagi.`,
  },
});

/** What was given up after every try, and the way back for it. */
export function QueuesPage() {
  const query = useQuery(queryOf("GET /v1/dead-letters", {}));
  const redrive = useCommand("POST /v1/dead-letters/redrive", { forget: ["GET /v1/dead-letters"] });
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <p role="status" className="mb-3">
        {redrive.data && text.done(count(redrive.data.letters), count(redrive.data.jobs))}
      </p>
      <Loaded query={query}>
        {({ letters, jobs }) =>
          letters.length + jobs.length === 0 ? (
            <Empty title={text.none} text={text.noneText} />
          ) : (
            <div className="flex flex-col gap-5">
              <div>
                <Decision
                  label={text.redrive}
                  tone="primary"
                  reason="none"
                  command={redrive}
                  onDecide={(_, close) => redrive.mutate({}, { onSuccess: close })}
                />
              </div>
              <Letters letters={letters} />
              <Jobs jobs={jobs} />
            </div>
          )
        }
      </Loaded>
    </>
  );
}

type Letter = { readonly id: string; readonly queue: string; readonly at: string };

const Letters = ({ letters }: { readonly letters: readonly Letter[] }) =>
  letters.length > 0 && (
    <section>
      <h2 className="mb-3 font-bold">{text.letters}</h2>
      <TableFrame label={text.letters}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{text.what}</th>
              <th scope="col">{text.when}</th>
            </tr>
          </thead>
          <tbody>
            {letters.map(({ id, queue, at }) => (
              <tr key={id}>
                <td>{queue}</td>
                <td>{fromNow(at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );

type Job = {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly deadAt: string;
};

const Jobs = ({ jobs }: { readonly jobs: readonly Job[] }) =>
  jobs.length > 0 && (
    <section>
      <h2 className="mb-3 font-bold">{text.jobs}</h2>
      <TableFrame label={text.jobs}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{text.what}</th>
              <th scope="col">{text.subject}</th>
              <th scope="col" className="number">
                {text.tries}
              </th>
              <th scope="col">{text.error}</th>
              <th scope="col">{text.when}</th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <tr key={job.id}>
                <td>{job.kind}</td>
                <td>{job.subject}</td>
                <td className="number">{count(job.attempts)}</td>
                <td className="max-w-xs break-words">{job.lastError}</td>
                <td>{fromNow(job.deadAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );
