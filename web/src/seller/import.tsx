import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, download, upload } from "../api/client.ts";
import { forgetReads } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { SelectField } from "../ui/field.tsx";
import { FileButton } from "../ui/file-button.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { saveFile } from "../ui/save-file.ts";
import { TableFrame } from "../ui/table-frame.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { piecesOf } from "./import-pieces.ts";
import { PRODUCT_READS } from "./product-states.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    back: "Products",
    title: "Import products",
    intro: "A CSV or JSON-lines file, however long. A ref that we know is changed, the rest is new.",
    state: "New products are",
    published: "put on sale",
    draft: "kept as drafts",
    choose: "Choose a file",
    busy: (done: string, of: string) => `The file is being read: ${done} of ${of} parts…`,
    export: "Begin from your catalogue",
    exportText: "The export has exactly the columns that an import takes.",
    exportCsv: "Export as CSV",
    created: "New",
    updated: "Changed",
    unchanged: "As it was",
    failed: "Failed",
    row: "Row",
    ref: "Ref",
    what: "What became of it",
    result: "What became of the file",
  },
  id: {
    back: "Produk",
    title: "Impor produk",
    intro: "Berkas CSV atau JSON-lines, sepanjang apa pun. Ref yang sudah dikenal diperbarui, sisanya baru.",
    state: "Produk baru",
    published: "langsung dijual",
    draft: "disimpan sebagai draf",
    choose: "Pilih berkas",
    busy: (done: string, of: string) => `Berkas sedang dibaca: ${done} dari ${of} bagian…`,
    export: "Mulai dari katalog Anda",
    exportText: "Hasil ekspor punya kolom yang persis diminta impor.",
    exportCsv: "Ekspor CSV",
    created: "Baru",
    updated: "Diubah",
    unchanged: "Tetap",
    failed: "Gagal",
    row: "Baris",
    ref: "Ref",
    what: "Hasilnya",
    result: "Hasil impor",
  },
});
type Report = Answer<"POST /v1/products/import">;
type Status = Report["rows"][number]["status"];
const tone: { readonly [S in Status]: Tone } = {
  created: "good",
  updated: "brand",
  unchanged: "plain",
  failed: "bad",
};
const ACCEPTED = ".csv,.jsonl,.ndjson,text/csv,application/x-ndjson";

/** A file of products, and what became of each of its rows. */
export function ImportPage() {
  const shop = useShop();
  const [state, setState] = useState<"published" | "draft">("published");
  const [report, setReport] = useState<Report>();
  const [progress, setProgress] = useState({ done: 0, of: 1 });
  const take = useMutation({
    mutationFn: async ([file]: readonly File[]) => {
      // What a browser calls a file depends on what is installed; its name says what it is.
      const isCsv = file?.name.endsWith(".csv") ?? false;
      const type = isCsv ? "text/csv" : "application/x-ndjson";
      const pieces = piecesOf((await file?.text()) ?? "", isCsv);
      setReport(undefined);
      // One after the other: what a piece changed stays changed when a later one fails.
      for (const [done, { text: piece, before }] of pieces.entries()) {
        setProgress({ done, of: pieces.length });
        const bytes = new Blob([piece], { type });
        const taken = await upload("POST /v1/products/import", { query: { state } }, bytes, shop);
        setReport((known) => joined(known, taken, before));
      }
    },
    onSettled: () => forgetReads(PRODUCT_READS),
  });
  return (
    <>
      <nav className="crumbs">
        <Link to="/shop/products">{text.back}</Link>
      </nav>
      <h1 className="page-title mb-2!">{text.title}</h1>
      <p className="text-muted mb-5 max-w-2xl">{text.intro}</p>
      <div className="mb-6 grid items-start gap-5 md:grid-cols-2">
        <section className="panel form">
          <SelectField
            label={text.state}
            value={state}
            onChange={({ target }) => setState(target.value === "draft" ? "draft" : "published")}
          >
            <option value="published">{text.published}</option>
            <option value="draft">{text.draft}</option>
          </SelectField>
          <FileButton label={text.choose} accept={ACCEPTED} disabled={take.isPending} onFiles={take.mutate} />
          <p role="status" className="text-muted text-sm empty:hidden">
            {take.isPending && text.busy(count(progress.done), count(progress.of))}
          </p>
          <Refusal error={take.error} />
        </section>
        <ExportPanel />
      </div>
      {report && <ReportTable report={report} />}
    </>
  );
}

/** The reports of pieces as that of their file. */
function joined(known: Report | undefined, taken: Report, before: number): Report {
  const rows = taken.rows.map((row) => ({ ...row, row: row.row + before }));
  if (!known) return { ...taken, rows };
  const sum = (of: (typeof KINDS)[number]) => known[of] + taken[of];
  return {
    created: sum("created"),
    updated: sum("updated"),
    unchanged: sum("unchanged"),
    failed: sum("failed"),
    rows: [...known.rows, ...rows],
  };
}

function ExportPanel() {
  const shop = useShop();
  const csv = useMutation({
    mutationFn: () => download("GET /v1/products/export", { query: { format: "csv" } }, shop),
    onSuccess: (bytes) => saveFile(bytes, "products.csv"),
  });
  return (
    <section className="panel">
      <h2 className="text-lg font-bold">{text.export}</h2>
      <p className="text-muted mb-4 text-sm">{text.exportText}</p>
      <button
        type="button"
        className="button button-quiet"
        disabled={csv.isPending}
        onClick={() => csv.mutate()}
      >
        {text.exportCsv}
      </button>
      <Refusal error={csv.error} />
    </section>
  );
}

const KINDS = ["created", "updated", "unchanged", "failed"] as const;

/** Failed rows first: they are what is left to do. */
function ReportTable({ report }: { readonly report: Report }) {
  const rows = report.rows.toSorted((a, b) => Number(b.status === "failed") - Number(a.status === "failed"));
  return (
    <section aria-label={text.result}>
      <p role="status" className="mb-3 flex flex-wrap gap-2">
        {KINDS.map((kind) => (
          <Tag key={kind} tone={tone[kind]}>
            {text[kind]}: {count(report[kind])}
          </Tag>
        ))}
      </p>
      <TableFrame label={text.result}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col" className="number">
                {text.row}
              </th>
              <th scope="col">{text.ref}</th>
              <th scope="col">{text.what}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.row}>
                <td className="number">{count(row.row)}</td>
                <td>{row.ref}</td>
                <td>
                  <Tag tone={tone[row.status]}>{text[row.status]}</Tag>
                  <ul>
                    {row.errors.map(({ path, message }) => (
                      <li key={`${path}${message}`} className="mt-1">
                        <code>{path}</code> {message}
                      </li>
                    ))}
                  </ul>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );
}
