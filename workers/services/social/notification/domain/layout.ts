import type { Locale } from "#kernel/errors";
import type { Block, Content } from "./content.ts";

export type Frame = {
  readonly locale: Locale;
  readonly brand: string;
  /** Where one click stops this kind of mail; mandatory mail has none. */
  readonly unsubscribeUrl: string | undefined;
};

const ESCAPES: { readonly [sign: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
export const escapeHtml = (value: string): string =>
  value.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** One line without control characters: nothing that a person typed may begin a header of its own. */
export const oneLine = (value: string): string => value.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();

const FOOTER = {
  en: { sentBy: "Sent by", stop: "Stop mails of this kind" },
  id: { sentBy: "Dikirim oleh", stop: "Berhenti menerima email jenis ini" },
} as const;

const INK = "#1b1f24";
const QUIET = "#5b6470";
const ACCENT = "#0b5cad";
const LINE = "#e3e7ec";

/** A link of a mail leads to the web and nowhere else. */
function urlOf(url: string): string {
  if (!/^https?:\/\//.test(url)) throw new Error("a link of a mail is an http(s) address");
  return escapeHtml(url);
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "text":
      return `<p style="margin:0 0 16px">${escapeHtml(block.text)}</p>`;
    case "note":
      return `<p style="margin:0 0 16px;color:${QUIET};font-size:14px">${escapeHtml(block.text)}</p>`;
    case "code":
      return (
        `<p style="margin:0 0 16px;font:700 28px/1.4 monospace;letter-spacing:6px;text-align:center">` +
        `${escapeHtml(block.text)}</p>`
      );
    case "button":
      return (
        `<p style="margin:24px 0"><a href="${urlOf(block.url)}" style="display:inline-block;` +
        `padding:12px 24px;` +
        `background:${ACCENT};color:#ffffff;text-decoration:none;border-radius:6px">` +
        `${escapeHtml(block.label)}</a></p>`
      );
    case "table":
      return (
        `<table role="presentation" width="100%" style="border-collapse:collapse;margin:0 0 16px">` +
        `${block.rows.map(rowHtml).join("")}</table>`
      );
  }
}

const rowHtml = ([label, value]: readonly [string, string]): string =>
  `<tr><td style="padding:8px 0;border-bottom:1px solid ${LINE};color:${QUIET}">${escapeHtml(label)}</td>` +
  `<td style="padding:8px 0;border-bottom:1px solid ${LINE};text-align:right">${escapeHtml(value)}</td></tr>`;

export function toHtml(
  { subject, heading, blocks }: Content,
  { locale, brand, unsubscribeUrl }: Frame,
): string {
  const words = FOOTER[locale];
  const stop = unsubscribeUrl
    ? ` · <a href="${urlOf(unsubscribeUrl)}" style="color:${QUIET}">${words.stop}</a>`
    : "";
  return [
    `<!doctype html><html lang="${locale}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>`,
    `<body style="margin:0;padding:24px;background:#f5f7f9;color:${INK};font:16px/1.5 Arial,sans-serif">`,
    `<div style="max-width:560px;margin:0 auto;padding:32px;background:#ffffff;border-radius:8px">`,
    `<p style="margin:0 0 24px;font-weight:700;color:${ACCENT}">${escapeHtml(brand)}</p>`,
    `<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${escapeHtml(heading)}</h1>`,
    ...blocks.map(blockHtml),
    `</div><p style="max-width:560px;margin:16px auto;color:${QUIET};font-size:13px">`,
    `${words.sentBy} ${escapeHtml(brand)}${stop}</p></body></html>`,
  ].join("\n");
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "text":
    case "note":
      return oneLine(block.text);
    case "code":
      return `    ${oneLine(block.text)}`;
    case "button":
      return `${oneLine(block.label)}:\n${block.url}`;
    case "table":
      return block.rows.map(([label, value]) => `${oneLine(label)}: ${oneLine(value)}`).join("\n");
  }
}

export function toText({ heading, blocks }: Content, { locale, brand, unsubscribeUrl }: Frame): string {
  const words = FOOTER[locale];
  const footer = [
    `-- `,
    `${words.sentBy} ${brand}`,
    ...(unsubscribeUrl ? [`${words.stop}: ${unsubscribeUrl}`] : []),
  ];
  return [oneLine(heading), ...blocks.map(blockText), footer.join("\n")].join("\n\n");
}
