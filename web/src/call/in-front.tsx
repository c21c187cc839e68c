import { type ReactNode, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";

/** Beside an open modal dialog everything is inert, whatever lies above it. */
const frontDialog = (): Element | null => [...document.querySelectorAll("dialog:modal")].at(-1) ?? null;

function onDialogs(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["open"],
  });
  return () => observer.disconnect();
}

/** Stands where it can be reached: in the modal dialog that is open, so that both can be used, else here. */
export function InFront({ children }: { readonly children: ReactNode }) {
  const dialog = useSyncExternalStore(onDialogs, frontDialog);
  return dialog ? createPortal(children, dialog) : children;
}
