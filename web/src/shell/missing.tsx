import { Link } from "@tanstack/react-router";
import { ApiError } from "../api/client.ts";
import { texts } from "./text.ts";

const text = texts({
  en: {
    missing: "This page does not exist",
    missingText: "It may have moved, or it never was here.",
    home: "Back to the start",
    broken: "That did not work",
    brokenText: "Something went wrong on our side. Nothing was lost; please try again.",
    away: "No connection",
    awayText: "We cannot be reached right now. Check your connection and try again.",
    again: "Try again",
    number: (id: string) => `Reference ${id}`,
  },
  id: {
    missing: "Halaman ini tidak ada",
    missingText: "Mungkin sudah pindah, atau memang tidak pernah ada.",
    home: "Kembali ke beranda",
    broken: "Itu tidak berhasil",
    brokenText: "Ada yang salah di pihak kami. Tidak ada yang hilang; silakan coba lagi.",
    away: "Tidak ada koneksi",
    awayText: "Kami tidak dapat dihubungi. Periksa koneksi Anda lalu coba lagi.",
    again: "Coba lagi",
    number: (id: string) => `Referensi ${id}`,
  },
});

export const Missing = () => (
  <section className="empty">
    <h1 className="empty-title">{text.missing}</h1>
    <p className="empty-text">{text.missingText}</p>
    <Link to="/" className="button button-quiet">
      {text.home}
    </Link>
  </section>
);

type BrokenProps = { readonly error: unknown; readonly reset?: () => void };

/** What a person is told when a page cannot be shown; the reference finds the log line. */
export function Broken({ error, reset }: BrokenProps) {
  const isAway = error instanceof ApiError && error.status === 0;
  if (error instanceof ApiError && error.status === 404) return <Missing />;
  return (
    <section className="empty" role="alert">
      <h1 className="empty-title">{isAway ? text.away : text.broken}</h1>
      <p className="empty-text">{isAway ? text.awayText : text.brokenText}</p>
      {error instanceof ApiError && error.requestId && (
        <p className="text-muted text-sm">{text.number(error.requestId)}</p>
      )}
      {reset && (
        <button type="button" className="button button-quiet" onClick={reset}>
          {text.again}
        </button>
      )}
    </section>
  );
}
