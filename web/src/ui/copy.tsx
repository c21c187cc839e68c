import { Check, Copy as CopyIcon } from "lucide-react";
import { useState } from "react";
import { texts } from "../shell/text.ts";

const text = texts({
  en: { copy: "Copy", copied: "Copied" },
  id: { copy: "Salin", copied: "Tersalin" },
});
/** Long enough to be read. */
const SHOWN_MS = 2_000;

type Props = { readonly value: string; readonly label: string };

/** Something to be carried elsewhere: a key, an address. */
export function Copy({ value, label }: Props) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), SHOWN_MS);
  };
  return (
    <div className="flex items-center gap-2">
      <input
        className="input font-mono text-sm"
        aria-label={label}
        value={value}
        readOnly
        onFocus={({ target }) => target.select()}
      />
      <button
        type="button"
        className="button button-quiet button-small"
        aria-label={`${text.copy}: ${label}`}
        onClick={() => void copy()}
      >
        {isCopied ? <Check size={16} aria-hidden /> : <CopyIcon size={16} aria-hidden />}
        <span role="status">{isCopied ? text.copied : text.copy}</span>
      </button>
    </div>
  );
}
