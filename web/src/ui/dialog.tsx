import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { texts } from "../shell/text.ts";

const text = texts({ en: { close: "Close" }, id: { close: "Tutup" } });

type Props = {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/**
 * The browser's own modal dialog, shown while it is rendered: it keeps the focus inside, closes with Escape
 * and gives the focus back. (Radix writes a style element, which the content policy does not let in.)
 */
export function Dialog({ title, onClose, children }: Props) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog ref={element} className="dialog" aria-labelledby={id} onClose={onClose}>
      <header className="mb-4 flex items-center justify-between gap-4">
        <h2 id={id} className="text-lg font-bold">
          {title}
        </h2>
        <button
          type="button"
          className="nav-link px-2.5"
          aria-label={text.close}
          onClick={() => element.current?.close()}
        >
          <X size={20} aria-hidden />
        </button>
      </header>
      {children}
    </dialog>
  );
}
