import { Link } from "@tanstack/react-router";
import { TEXTS } from "#platform/storefront/pages/texts";
import { ApiError } from "../api/client.ts";
import { texts } from "./text.ts";
import { useTitle } from "./title.ts";

const text = texts({
  en: {
    ...TEXTS.en,
    back: "Back to the start",
    broken: "That did not work",
    brokenText: "Something went wrong on our side. Nothing was lost; please try again.",
    forbidden: "This is not yours to see",
    offline: "No connection",
    offlineText: "We cannot be reached right now. Check your connection and try again.",
    again: "Try again",
    number: (id: string) => `Reference ${id}`,
  },
  id: {
    ...TEXTS.id,
    back: "Kembali ke beranda",
    broken: "Itu tidak berhasil",
    brokenText: "Ada yang salah di pihak kami. Tidak ada yang hilang; silakan coba lagi.",
    forbidden: "Bukan wewenang Anda",
    offline: "Tidak ada koneksi",
    offlineText: "Kami tidak dapat dihubungi. Periksa koneksi Anda lalu coba lagi.",
    again: "Coba lagi",
    number: (id: string) => `Referensi ${id}`,
  },
});

export function Missing() {
  useTitle(text.notFound);
  return (
    <section className="empty">
      <h1 className="empty-title">{text.notFound}</h1>
      <p className="empty-text">{text.notFoundText}</p>
      <Link to="/" className="button button-quiet">
        {text.back}
      </Link>
    </section>
  );
}

type BrokenProps = { readonly error: unknown; readonly reset?: () => void };

/** What a person is told when a page cannot be shown; the reference finds the log line. */
export function Broken({ error, reset }: BrokenProps) {
  const isOffline = error instanceof ApiError && error.status === 0;
  if (error instanceof ApiError && error.status === 404) return <Missing />;
  if (error instanceof ApiError && error.status === 403) {
    return (
      <section className="empty">
        <h1 className="empty-title">{text.forbidden}</h1>
        <p className="empty-text">{error.title}</p>
      </section>
    );
  }
  return (
    <section className="empty" role="alert">
      <h1 className="empty-title">{isOffline ? text.offline : text.broken}</h1>
      <p className="empty-text">{isOffline ? text.offlineText : text.brokenText}</p>
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
