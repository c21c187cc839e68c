import { useMutation, useQuery } from "@tanstack/react-query";
import { FileText, Play } from "lucide-react";
import { download, upload } from "../../api/client.ts";
import { texts } from "../../shell/text.ts";
import { moment } from "../../shell/when.ts";
import { useObjectUrl } from "../../ui/object-url.ts";
import { saveFile } from "../../ui/save-file.ts";
import { FilesField, type SentFile } from "../files-field.tsx";
import type { Case } from "./words.ts";

const text = texts({
  en: {
    show: "Photos, a video or papers",
    photo: (at: string) => `Photo of ${at}`,
    file: (at: string) => `File of ${at}`,
  },
  id: {
    show: "Foto, video, atau dokumen",
    photo: (at: string) => `Foto ${at}`,
    file: (at: string) => `Berkas ${at}`,
  },
});

const TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "application/pdf"];
const FILES_MAX = 8;

type FieldProps = {
  readonly orderId: string;
  readonly files: readonly SentFile[];
  readonly onChange: (files: readonly SentFile[]) => void;
};

export const EvidenceField = ({ orderId, files, onChange }: FieldProps) => (
  <FilesField
    label={text.show}
    types={TYPES}
    max={FILES_MAX}
    files={files}
    onChange={onChange}
    send={async (file) => {
      const about = { query: { orderId, as: "buyer" } } as const;
      return (await upload("POST /v1/refunds/evidence", about, file)).attachmentId;
    }}
  />
);

type Shown = Case["evidence"][number];
type EvidenceProps = { readonly refundId: string; readonly evidence: readonly Shown[] };

export const Evidence = ({ refundId, evidence }: EvidenceProps) => (
  <ul className="flex flex-wrap gap-3">
    {evidence.map((one) => (
      <li key={one.attachmentId}>
        {one.contentType.startsWith("image/") ? (
          <Photo refundId={refundId} shown={one} />
        ) : (
          <OtherFile refundId={refundId} shown={one} />
        )}
      </li>
    ))}
  </ul>
);

const ROUTE = "GET /v1/refunds/{refundId}/evidence/{attachmentId}";
type OneProps = { readonly refundId: string; readonly shown: Shown };

const load = ({ refundId, shown: { attachmentId } }: OneProps) =>
  download(ROUTE, { path: { refundId, attachmentId }, query: { as: "buyer" } });

function Photo(props: OneProps) {
  const { shown } = props;
  const { data: bytes } = useQuery({
    queryKey: [ROUTE, shown.attachmentId],
    queryFn: () => load(props),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const url = useObjectUrl(bytes);
  if (!url) return <span className="skeleton block size-24" />;
  return (
    <img className="size-24 rounded-control object-cover" src={url} alt={text.photo(moment(shown.addedAt))} />
  );
}

function OtherFile(props: OneProps) {
  const { contentType, addedAt, attachmentId } = props.shown;
  const isVideo = contentType.startsWith("video/");
  const name = `${attachmentId}.${isVideo ? "mp4" : "pdf"}`;
  const fetching = useMutation({
    mutationFn: () => load(props),
    onSuccess: (bytes) => saveFile(bytes, name),
  });
  return (
    <button
      type="button"
      className="bg-sunken flex size-24 items-center justify-center rounded-control"
      aria-label={text.file(moment(addedAt))}
      onClick={() => fetching.mutate()}
    >
      {isVideo ? <Play size={28} aria-hidden /> : <FileText size={28} aria-hidden />}
    </button>
  );
}
