import { escapeHtml } from "../endpoints.ts";
import type { Message } from "./mailbox.ts";

const STYLE = `
:root { color-scheme: light; --ink: #1c2430; --soft: #667085; --line: #e4e7ec; --accent: #0b6bcb;
--paper: #fff } * { box-sizing: border-box }
body { margin: 0; background: #f5f6f8; color: var(--ink); font: 15px/1.5 system-ui, -apple-system,
"Segoe UI", Roboto, sans-serif } a { color: inherit; text-decoration: none }
header { background: #101828; color: #fff; padding: 14px 24px; display: flex; gap: 20px; align-items:
center } header strong { font-size: 16px; letter-spacing: .2px }
header span { color: #98a2b3; font-size: 13px } header form { margin-left: auto }
input { font: inherit; font-size: 14px; width: 280px; max-width: 40vw; padding: 6px 12px; border-radius:
  8px; border: 1px solid #344054; background: #1d2939; color: #fff }
main { max-width: 1040px; margin: 24px auto; padding: 0 16px }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; overflow: hidden }
.row { display: grid; grid-template-columns: 220px 1fr 150px; gap: 16px; padding: 12px 20px; border-top:
1px solid var(--line); align-items: baseline } .row:first-child { border-top: 0 }
.row:hover { background: #f9fafb }
.cut { overflow: hidden; text-overflow: ellipsis; white-space: nowrap } .soft { color: var(--soft) }
.small { font-size: 13px } .right { text-align: right }
.tag { display: inline-block; font-size: 12px; padding: 0 8px; border-radius: 999px; background:
#eef4ff; color: #175cd3; margin-left: 6px } .tag.warn { background: #fef0c7; color: #93370d }
.empty { padding: 64px 20px; text-align: center; color: var(--soft) }
h1 { font-size: 20px; margin: 0 0 12px; overflow-wrap: anywhere } .head { padding: 20px 24px }
dl { display: grid; grid-template-columns: 90px 1fr; gap: 2px 12px; margin: 0 }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
.files { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 14px }
.file { border: 1px solid var(--line); border-radius: 8px; padding: 6px 12px }
.file:hover { border-color: var(--accent) }
nav { display: flex; gap: 4px; padding: 0 20px; border-bottom: 1px solid var(--line) }
nav a { padding: 8px 12px; color: var(--soft); border-bottom: 2px solid transparent }
nav a.on { color: var(--accent); border-color: var(--accent) }
iframe { display: block; width: 100%; height: 70vh; border: 0; background: #fff }
pre { margin: 0; padding: 20px 24px; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.6
ui-monospace, monospace } .back { display: inline-block; margin-bottom: 12px; color: var(--accent) }
@media (max-width: 640px) { .row { grid-template-columns: 1fr; gap: 0 } .right { text-align: left } }`;

interface Shell {
  title: string;
  note: string;
  query: string;
  refresh?: boolean;
  body: string;
}

function shell({ title, note, query, refresh, body }: Shell): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh ? '<meta http-equiv="refresh" content="10">' : ""}
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<header><a href="/"><strong>Mailbox</strong></a><span>${escapeHtml(note)}</span>
<form action="/"><input name="q" value="${escapeHtml(query)}" placeholder="Search recipient or subject"
 aria-label="Search recipient or subject"></form></header><main>${body}</main></body></html>`;
}

export interface ListPage {
  messages: Message[];
  total: number;
  query: string;
  smtp: string;
}

export function listPage({ messages, total, query, smtp }: ListPage): string {
  const rows = messages.map(
    (message) => `<a class="row" href="/messages/${message.id}">
<span class="cut">${escapeHtml(message.to.join(", "))}</span>
<span class="cut"><b>${escapeHtml(message.subject || "(no subject)")}</b>${tags(message)}
<span class="soft small"> ${escapeHtml(message.text.slice(0, 120))}</span></span>
<span class="soft small right">${time(message.receivedAt)}</span></a>`,
  );
  const empty = query
    ? `<div class="empty">Nothing matches “${escapeHtml(query)}”.</div>`
    : `<div class="empty">No mail yet. What the platform sends to ${escapeHtml(smtp)} shows here.</div>`;
  const shown = messages.length < total ? `newest ${messages.length} of ${total}` : `${total}`;
  return shell({
    title: "Mailbox",
    note: `${shown} ${total === 1 ? "message" : "messages"} · SMTP ${smtp}`,
    query,
    refresh: query === "",
    body: `<div class="card">${rows.join("") || empty}</div>`,
  });
}

export type MessageView = "html" | "text" | "headers";

export function messagePage(message: Message, view: MessageView): string {
  const tab = (name: MessageView, label: string) =>
    `<a class="${view === name ? "on" : ""}" href="/messages/${message.id}?view=${name}">${label}</a>`;
  const files = message.attachments.map(
    (file, index) => `<a class="file" href="/messages/${message.id}/attachments/${index}">
${escapeHtml(file.filename)}
<span class="soft small">${escapeHtml(file.contentType)}, ${bytes(file.size)}</span></a>`,
  );
  return shell({
    title: message.subject || "(no subject)",
    note: message.id,
    query: "",
    body: `<a class="back" href="/">← All messages</a><div class="card"><div class="head">
<h1>${escapeHtml(message.subject || "(no subject)")}${tags(message)}</h1><dl>
<dt>From</dt><dd>${escapeHtml(message.from)}</dd><dt>To</dt><dd>${escapeHtml(message.to.join(", "))}</dd>
<dt>Received</dt><dd>${time(message.receivedAt)}</dd>
<dt>Message-ID</dt><dd class="small">${escapeHtml(message.messageId || "none")}</dd></dl>
${files.length > 0 ? `<div class="files">${files.join("")}</div>` : ""}</div>
<nav>${message.html ? tab("html", "Message") : ""}${tab("text", "Plain text")}${tab("headers", "Headers")}
<a href="/messages/${message.id}/raw">Source</a></nav>${viewOf(message, view)}</div>`,
  });
}

function viewOf(message: Message, view: MessageView): string {
  if (view === "headers") {
    const lines = Object.entries(message.headers).flatMap(([name, value]) =>
      [value].flat().map((one) => `${name}: ${one}`),
    );
    return `<pre>${escapeHtml(lines.join("\n"))}</pre>`;
  }
  if (view === "text" || !message.html)
    return `<pre>${escapeHtml(message.text || "(no plain text part)")}</pre>`;
  // Neither scripts nor this origin inside; links may open a tab, so that a person can follow a sign-in link.
  return `<iframe title="Message" sandbox="allow-popups allow-popups-to-escape-sandbox"
 src="/messages/${message.id}/html"></iframe>`;
}

/** The message's own HTML, meant for the sandboxed frame; its answer carries the same sandbox as a header. */
export const frameHtml = (message: Message): string => `<base target="_blank">${message.html}`;

function tags(message: Message): string {
  const count = message.attachments.length;
  const files = count > 0 ? `<span class="tag">${count} ${count === 1 ? "file" : "files"}</span>` : "";
  return files + (message.copy > 1 ? `<span class="tag warn">repeat ${message.copy}</span>` : "");
}

const time = (instant: string): string => escapeHtml(instant.replace("T", " ").slice(0, 19));

const bytes = (size: number): string => (size < 1_024 ? `${size} B` : `${(size / 1_024).toFixed(1)} kB`);
