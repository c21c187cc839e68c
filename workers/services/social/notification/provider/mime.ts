import { createHash } from "node:crypto";

export type Mail = {
  /** With its angle brackets: the same mail always has the same one, so that a repeat can be told. */
  readonly messageId: string;
  readonly at: number;
  readonly from: { readonly name: string; readonly email: string };
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Further headers, of ASCII only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly bytes: Uint8Array;
  }[];
};

/** RFC 2045, 6.7: an encoded line has at most 76 characters. */
const LINE_CHARS_MAX = 76;
/** RFC 2047, 2: an encoded word has at most 75; this many bytes fit into one in base64. */
const WORD_BYTES_MAX = 42;
const CRLF = "\r\n";

const isAscii = (value: string): boolean => /^[\x20-\x7e]*$/.test(value);

/** A header's value; what could end the header refuses the mail instead. */
function headerValue(name: string, value: string): string {
  if (!isAscii(value)) throw new Error(`the header ${name} holds what a header may not`);
  return `${name}: ${value}`;
}

/** RFC 2047: other than plain ASCII goes in base64 words, cut between characters and never within one. */
export function encodeWords(value: string): string {
  if (isAscii(value) && !value.includes("=?")) return value;
  const words: string[] = [];
  let word = "";
  for (const character of value) {
    if (Buffer.byteLength(word + character) > WORD_BYTES_MAX) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  words.push(word);
  return words.map((one) => `=?UTF-8?B?${Buffer.from(one).toString("base64")}?=`).join(`${CRLF} `);
}

const hex = (byte: number): string => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;

function encodeByte(byte: number, index: number, bytes: Uint8Array): string {
  const isLast = index === bytes.length - 1;
  const isBlank = byte === 32 || byte === 9;
  // A dot that begins a line would end the message for the server (RFC 5321, 4.5.2).
  if (byte === 46 && index === 0) return hex(byte);
  return (byte > 32 && byte < 127 && byte !== 61) || (isBlank && !isLast)
    ? String.fromCharCode(byte)
    : hex(byte);
}

/** Quoted-printable, RFC 2045, 6.7. */
export function quotedPrintable(value: string): string {
  return value
    .split(/\r\n|\n|\r/)
    .map((source) => {
      const bytes = new TextEncoder().encode(source);
      let line = "";
      let out = "";
      for (const [index, byte] of bytes.entries()) {
        const part = encodeByte(byte, index, bytes);
        if (line.length + part.length > LINE_CHARS_MAX - 1) {
          out += `${line}=${CRLF}`;
          line = part === "." ? hex(46) : "";
          if (line !== "") continue;
        }
        line += part;
      }
      return out + line;
    })
    .join(CRLF);
}

const base64Lines = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString("base64")
    .replace(/.{1,76}/g, `$&${CRLF}`)
    .trimEnd();

const part = (headers: readonly string[], body: string): string => [...headers, "", body].join(CRLF);

function multipart(kind: string, boundary: string, parts: readonly string[]): string {
  const body = parts.map((one) => `--${boundary}${CRLF}${one}${CRLF}`).join("");
  return part([`Content-Type: multipart/${kind}; boundary="${boundary}"`], `${body}--${boundary}--`);
}

const textPart = (type: string, value: string): string =>
  part(
    [`Content-Type: ${type}; charset=utf-8`, "Content-Transfer-Encoding: quoted-printable"],
    quotedPrintable(value),
  );

function attachmentPart({ filename, contentType, bytes }: Mail["attachments"][number]): string {
  const name = filename.replace(/[^\w.-]/g, "-");
  const headers = [
    headerValue("Content-Type", `${contentType}; name="${name}"`),
    "Content-Transfer-Encoding: base64",
    `Content-Disposition: attachment; filename="${name}"`,
  ];
  return part(headers, base64Lines(bytes));
}

/** The whole message (RFC 5322) without the dot that ends it; the same mail gives the same bytes. */
export function toMime(mail: Mail): string {
  const boundary = createHash("sha256").update(mail.messageId).digest("hex").slice(0, 32);
  const alternative = multipart("alternative", `a-${boundary}`, [
    textPart("text/plain", mail.text),
    textPart("text/html", mail.html),
  ]);
  const headers = [
    `From: ${encodeWords(mail.from.name)} <${mail.from.email}>`,
    headerValue("To", `<${mail.to}>`),
    `Subject: ${encodeWords(mail.subject)}`,
    `Date: ${new Date(mail.at).toUTCString().replace("GMT", "+0000")}`,
    headerValue("Message-ID", mail.messageId),
    "MIME-Version: 1.0",
    ...Object.entries(mail.headers).map(([name, value]) => headerValue(name, value)),
  ];
  const attachments = mail.attachments.map(attachmentPart);
  const body =
    attachments.length === 0
      ? alternative
      : multipart("mixed", `m-${boundary}`, [alternative, ...attachments]);
  return `${headers.join(CRLF)}${CRLF}${body}${CRLF}`;
}
