import { ApiError } from "../api/client.ts";
import { texts } from "../shell/text.ts";

const text = texts({
  en: {
    offline: "We cannot be reached right now. Nothing was changed; try again.",
    wrong: "That did not work. Nothing was lost; please try again.",
    fields: "Please look at the marked fields.",
    number: (id: string) => `Reference ${id}`,
  },
  id: {
    offline: "Kami tidak dapat dihubungi. Tidak ada yang berubah; coba lagi.",
    wrong: "Itu tidak berhasil. Tidak ada yang hilang; silakan coba lagi.",
    fields: "Silakan periksa isian yang ditandai.",
    number: (id: string) => `Referensi ${id}`,
  },
});

/** Why a command was refused, said where it was given. Nothing where nothing went wrong. */
export function Refusal({ error }: { readonly error: unknown }) {
  if (!error) return null;
  const known = error instanceof ApiError ? error : undefined;
  const said =
    known?.status === 0
      ? text.offline
      : known?.code === "request.invalid" && known.fields.length > 0
        ? text.fields
        : known?.title || text.wrong;
  return (
    <p className="notice notice-bad" role="alert">
      {said}
      {known && known.status >= 500 && known.requestId && ` (${text.number(known.requestId)})`}
    </p>
  );
}
