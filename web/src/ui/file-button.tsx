import { Upload } from "lucide-react";
import { useId } from "react";

type Props = {
  readonly label: string;
  /** As `accept` of a file's field: `image/png,image/jpeg`. */
  readonly accept: string;
  readonly multiple?: boolean;
  readonly disabled?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
};

/** A button that asks for files; the browser's own field stays behind it for the keyboard. */
export function FileButton({ label, accept, multiple = false, disabled = false, onFiles }: Props) {
  const id = useId();
  return (
    <span className="inline-flex">
      <input
        id={id}
        type="file"
        className="sr-only"
        accept={accept}
        multiple={multiple}
        disabled={disabled}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same file may be chosen again, as after a refusal.
          currentTarget.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
      <label htmlFor={id} className="button button-quiet button-small file-button">
        <Upload size={16} aria-hidden />
        {label}
      </label>
    </span>
  );
}
