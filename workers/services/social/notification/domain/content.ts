/** A message as data: HTML and plain text are two renderings of the same blocks. */
export type Block =
  | { readonly kind: "text" | "note" | "code"; readonly text: string }
  | { readonly kind: "button"; readonly label: string; readonly url: string }
  | { readonly kind: "table"; readonly rows: readonly (readonly [label: string, value: string])[] };

export type Content = {
  readonly subject: string;
  readonly heading: string;
  readonly blocks: readonly Block[];
};

export const text = (value: string): Block => ({ kind: "text", text: value });
export const note = (value: string): Block => ({ kind: "note", text: value });
export const code = (value: string): Block => ({ kind: "code", text: value });
export const button = (label: string, url: string): Block => ({ kind: "button", label, url });
export const table = (rows: readonly (readonly [string, string])[]): Block => ({ kind: "table", rows });
