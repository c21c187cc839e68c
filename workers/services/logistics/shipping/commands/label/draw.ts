import type { PDFFont, PDFPage } from "pdf-lib";
import { code128 } from "../../domain/code128.ts";
import type { Label } from "../../domain/label.ts";
import { addressLines, cashLine, contentLine } from "./lines.ts";

/** Four by six inches in points. */
const PAGE = { width: 288, height: 432, margin: 14 } as const;
const BAR_HEIGHT = 62;

type Pen = { readonly page: PDFPage; readonly font: PDFFont; readonly bold: PDFFont };

/** The same label gives the same bytes: nothing in it depends on when or where it is drawn. */
export async function drawPdf(label: Label): Promise<Uint8Array> {
  const { PDFDocument, StandardFonts } = await import("pdf-lib");
  const document = await PDFDocument.create({ updateMetadata: false });
  const at = new Date(label.createdAt);
  document.setTitle(`Label ${label.trackingNumber}`);
  document.setProducer("Titan Commerce");
  document.setCreationDate(at);
  document.setModificationDate(at);
  const page = document.addPage([PAGE.width, PAGE.height]);
  const font = await document.embedFont(StandardFonts.Helvetica);
  const bold = await document.embedFont(StandardFonts.HelveticaBold);
  drawWords({ page, font, bold }, label);
  const number = asciiOf(label.trackingNumber ?? "");
  drawBars({ page, font, bold }, number, code128(number));
  return document.save({ useObjectStreams: false });
}

/** What a standard font cannot draw is drawn without its accents, or as a question mark. */
function drawable(text: string, font: PDFFont): string {
  const known = new Set(font.getCharacterSet());
  const fits = (char: string) => known.has(char.codePointAt(0) ?? 0);
  return [...text.normalize("NFC").replace(/\s+/g, " ")]
    .map((char) => (fits(char) ? char : ([...char.normalize("NFKD")].find(fits) ?? "?")))
    .join("");
}

/** Carriers' numbers are letters, digits and a few signs. */
const asciiOf = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?");

type Words = { readonly y: number; readonly size: number; readonly font: PDFFont };

/** Ends where the paper ends: a label has one line for a line. */
function write(page: PDFPage, text: string, { y, size, font }: Words): void {
  let line = drawable(text, font);
  while (line.length > 1 && font.widthOfTextAtSize(line, size) > PAGE.width - 2 * PAGE.margin) {
    line = line.slice(0, -1);
  }
  page.drawText(line, { x: PAGE.margin, y, size, font });
}

function drawWords({ page, font, bold }: Pen, label: Label): void {
  let y = PAGE.height - 26;
  const put = (text: string, size: number, face: PDFFont = font) => {
    write(page, text, { y, size, font: face });
    y -= size * 1.25;
  };
  const rule = () => {
    page.drawLine({
      start: { x: PAGE.margin, y: y + 4 },
      end: { x: PAGE.width - PAGE.margin, y: y + 4 },
      thickness: 0.8,
    });
    y -= 10;
  };
  put(label.name, 15, bold);
  put(label.kind === "return" ? "RETURN" : label.carrier, 9);
  rule();
  for (const line of addressLines(label.sender)) put(line, 8);
  rule();
  for (const line of addressLines(label.receiver)) put(line, 12, bold);
  rule();
  put(contentLine(label), 9);
  const cash = cashLine(label);
  if (cash) put(cash, 16, bold);
  write(page, label.orderId, { y: 10, size: 7, font });
}

function drawBars({ page, font }: Pen, number: string, widths: readonly number[]): void {
  const modules = widths.reduce((sum, width) => sum + width, 0);
  // Ten modules of quiet on either side, as readers want it.
  const module = Math.min(1.6, (PAGE.width - 2 * PAGE.margin) / (modules + 20));
  let x = (PAGE.width - modules * module) / 2;
  for (const [i, width] of widths.entries()) {
    if (i % 2 === 0) page.drawRectangle({ x, y: 36, width: width * module, height: BAR_HEIGHT });
    x += width * module;
  }
  page.drawText(number, { x: (PAGE.width - font.widthOfTextAtSize(number, 9)) / 2, y: 24, size: 9, font });
}
