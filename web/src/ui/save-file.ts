/** Gives the browser a file to keep, as a link that downloads would. */
export function saveFile(bytes: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  // The browser has begun to read it by then; the address must not live as long as the page.
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
const KEPT_MS = 60_000;
