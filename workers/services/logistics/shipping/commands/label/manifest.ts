import { PDFDocument, type PDFFont, StandardFonts } from "pdf-lib";

type Manifest = {
  readonly date: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** A4 across, in points. */
const PAGE = { width: 842, height: 595, margin: 30 } as const;
const LINE = 15;
const WIDTHS = [90, 90, 130, 190, 130, 60, 45, 60];

function fitted(text: string, width: number, font: PDFFont, known: ReadonlySet<number>): string {
  let line = [...text].map((char) => (known.has(char.codePointAt(0) ?? 0) ? char : "?")).join("");
  while (line.length > 1 && font.widthOfTextAtSize(line, 8) > width - 4) line = line.slice(0, -1);
  return line;
}

/** A list with a line to sign on, as many pages as it takes. */
export async function drawManifest({ date, columns, rows }: Manifest): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.setTitle(`Manifest ${date}`);
  const font = await document.embedFont(StandardFonts.Helvetica);
  const known = new Set(font.getCharacterSet());
  const perPage = Math.floor((PAGE.height - 4 * PAGE.margin) / LINE);
  const pages = Math.max(1, Math.ceil(rows.length / perPage));
  for (let n = 0; n < pages; n += 1) {
    const page = document.addPage([PAGE.width, PAGE.height]);
    const put = (text: string, x: number, y: number) => page.drawText(text, { x, y, size: 8, font });
    put(
      `Manifest ${date}, ${rows.length} parcels, page ${n + 1} of ${pages}`,
      PAGE.margin,
      PAGE.height - PAGE.margin,
    );
    for (const [i, row] of [columns, ...rows.slice(n * perPage, (n + 1) * perPage)].entries()) {
      let x: number = PAGE.margin;
      for (const [c, text] of row.entries()) {
        const width = WIDTHS[c] ?? 60;
        put(fitted(text, width, font, known), x, PAGE.height - 2 * PAGE.margin - i * LINE);
        x += width;
      }
    }
    put("Taken over by: ______________________   at: ______________", PAGE.margin, PAGE.margin);
  }
  return document.save({ useObjectStreams: false });
}
