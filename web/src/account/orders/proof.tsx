import { useQuery } from "@tanstack/react-query";
import { download } from "../../api/client.ts";
import type { Schemas } from "../../api/schema.gen.ts";
import { texts } from "../../shell/text.ts";
import { moment } from "../../shell/when.ts";
import { useObjectUrl } from "../../ui/object-url.ts";

const text = texts({
  en: {
    proof: "Proof of delivery",
    taken: (who: string, at: string) => `Taken by ${who} on ${at}`,
    left: (at: string) => `Handed over on ${at}`,
    code: "Confirmed with your delivery code.",
    photo: "Photo of the delivery",
    signature: "Signature",
  },
  id: {
    proof: "Bukti penerimaan",
    taken: (who: string, at: string) => `Diterima oleh ${who} pada ${at}`,
    left: (at: string) => `Diserahkan pada ${at}`,
    code: "Dikonfirmasi dengan kode penerimaan Anda.",
    photo: "Foto penerimaan",
    signature: "Tanda tangan",
  },
});

type Props = { readonly shipmentId: string; readonly proof: Schemas["GivenProof"] };

export function Proof({ shipmentId, proof }: Props) {
  const { at, recipient, hasPhoto, hasSignature, hasCode } = proof;
  return (
    <section className="border-line border-t pt-3 text-sm">
      <h3 className="mb-1 font-semibold">{text.proof}</h3>
      <p>{recipient ? text.taken(recipient, moment(at)) : text.left(moment(at))}</p>
      {hasCode && <p className="text-muted">{text.code}</p>}
      <div className="mt-2 flex flex-wrap gap-3">
        {hasPhoto && <Picture shipmentId={shipmentId} kind="photo" />}
        {hasSignature && <Picture shipmentId={shipmentId} kind="signature" />}
      </div>
    </section>
  );
}

type PictureProps = { readonly shipmentId: string; readonly kind: "photo" | "signature" };

/** Only the order's people may see it, so it is asked for with their token and shown from memory. */
function Picture({ shipmentId, kind }: PictureProps) {
  const route = "GET /v1/tracking/{shipmentId}/proof/{kind}";
  const { data: bytes } = useQuery({
    queryKey: [route, shipmentId, kind],
    queryFn: () => download(route, { path: { shipmentId, kind } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const url = useObjectUrl(bytes);
  if (!url) return <span className="skeleton size-32" />;
  return <img className="size-32 rounded-control object-cover" src={url} alt={text[kind]} />;
}
