import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { Refusal } from "./refusal.tsx";
import { saveFile } from "./save-file.ts";

type Props = {
  /** What the file is called where it is kept. */
  readonly fileName: string;
  readonly load: () => Promise<Blob>;
  readonly children: ReactNode;
};

/** A file that only its owner may read: it is asked for with his token, and handed to the browser to keep. */
export function DocumentButton({ fileName, load, children }: Props) {
  const fetching = useMutation({ mutationFn: load, onSuccess: (blob) => saveFile(blob, fileName) });
  return (
    <>
      <button
        type="button"
        className="button button-quiet button-small"
        disabled={fetching.isPending}
        onClick={() => fetching.mutate()}
      >
        <Download size={16} aria-hidden />
        {children}
      </button>
      <Refusal error={fetching.error} />
    </>
  );
}
