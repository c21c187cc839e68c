import { useMutation } from "@tanstack/react-query";
import { Paperclip, X } from "lucide-react";
import { useId } from "react";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";

const text = texts({
  en: { add: "Add a file", sending: "Sending…", remove: (name: string) => `Remove ${name}` },
  id: { add: "Tambah berkas", sending: "Mengirim…", remove: (name: string) => `Hapus ${name}` },
});

export type SentFile = { readonly id: string; readonly name: string };

type Props = {
  readonly label: string;
  readonly types: readonly string[];
  readonly max: number;
  readonly files: readonly SentFile[];
  readonly onChange: (files: readonly SentFile[]) => void;
  /** Answers the id that the file goes by. */
  readonly send: (file: File) => Promise<string>;
};

/** Files go up as soon as they are chosen: what was refused is known before anything else is sent. */
export function FilesField({ label, types, max, files, onChange, send }: Props) {
  const id = useId();
  const sending = useMutation({
    mutationFn: async (chosen: readonly File[]) => {
      const sent: SentFile[] = [...files];
      for (const file of chosen.slice(0, max - files.length)) {
        sent.push({ id: await send(file), name: file.name });
        onChange([...sent]);
      }
    },
  });
  return (
    <div>
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {files.length < max && (
        <span className="button button-quiet button-small relative has-focus-visible:outline-2">
          <Paperclip size={16} aria-hidden />
          {sending.isPending ? text.sending : text.add}
          <input
            id={id}
            type="file"
            className="absolute inset-0 cursor-pointer opacity-0"
            accept={types.join(",")}
            multiple
            disabled={sending.isPending}
            onChange={({ target }) => {
              sending.mutate([...(target.files ?? [])]);
              target.value = "";
            }}
          />
        </span>
      )}
      <ul className="mt-2 flex flex-wrap gap-2" aria-live="polite">
        {files.map((file) => (
          <li key={file.id} className="bg-sunken flex items-center gap-2 rounded-control px-3 py-1 text-sm">
            <span className="max-w-40 truncate">{file.name}</span>
            <button
              type="button"
              aria-label={text.remove(file.name)}
              onClick={() => onChange(files.filter((one) => one.id !== file.id))}
            >
              <X size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      <Refusal error={sending.error} />
    </div>
  );
}
