import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from "pdf-lib";

/** A4 in points. */
export const PAGE = { width: 595.28, height: 841.89, margin: 48, bottom: 72 } as const;
const INK = rgb(0.12, 0.14, 0.17);
const SOFT = rgb(0.42, 0.45, 0.5);
const LINE = rgb(0.84, 0.86, 0.88);
const LEADING = 1.35;

export type Fonts = {
  readonly regular: PDFFont;
  readonly bold: PDFFont;
  readonly known: ReadonlySet<number>;
};
type Style = { readonly size?: number; readonly bold?: boolean; readonly soft?: boolean };

/** What a standard font cannot draw is drawn without its accents, or as a question mark. */
export function drawable(text: string, known: ReadonlySet<number>): string {
  const fits = (char: string) => known.has(char.codePointAt(0) ?? 0);
  return [...text.normalize("NFC").replace(/\s+/g, " ")]
    .map((char) => (fits(char) ? char : ([...char.normalize("NFKD")].find(fits) ?? "?")))
    .join("");
}

/** Where the next line goes; it opens pages as they are needed and draws from the top left. */
export class Sheet {
  readonly #document: PDFDocument;
  readonly fonts: Fonts;
  #page: PDFPage;
  /** Distance of the next line from the top of the page. */
  y: number = PAGE.margin;

  constructor(document: PDFDocument, fonts: Fonts) {
    this.#document = document;
    this.fonts = fonts;
    this.#page = document.addPage([PAGE.width, PAGE.height]);
  }

  get pages(): readonly PDFPage[] {
    return this.#document.getPages();
  }

  /** Whether so much still fits; otherwise the rest goes on the next page. */
  hasRoom(height: number): boolean {
    return this.y + height <= PAGE.height - PAGE.bottom;
  }

  turn(): void {
    this.#page = this.#document.addPage([PAGE.width, PAGE.height]);
    this.y = PAGE.margin;
  }

  text(
    text: string,
    x: number,
    { size = 9.5, bold = false, soft = false }: Style = {},
    page = this.#page,
  ): void {
    const font = bold ? this.fonts.bold : this.fonts.regular;
    const y = PAGE.height - this.y - size;
    page.drawText(drawable(text, this.fonts.known), { x, y, size, font, color: soft ? SOFT : INK });
  }

  /** Ends at `x`, as figures do. */
  textBefore(text: string, x: number, style: Style = {}): void {
    this.text(text, x - this.widthOf(text, style), style);
  }

  widthOf(text: string, { size = 9.5, bold = false }: Style = {}): number {
    const font = bold ? this.fonts.bold : this.fonts.regular;
    return font.widthOfTextAtSize(drawable(text, this.fonts.known), size);
  }

  /** Breaks at spaces, and within a word that alone is too long. */
  wrap(text: string, width: number, style: Style = {}): readonly string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of drawable(text, this.fonts.known).split(" ")) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (this.widthOf(longer, style) <= width) {
        line = longer;
        continue;
      }
      if (line !== "") lines.push(line);
      line = word;
      while (this.widthOf(line, style) > width && line.length > 1) {
        let fits = line.length - 1;
        while (fits > 1 && this.widthOf(line.slice(0, fits), style) > width) fits -= 1;
        lines.push(line.slice(0, fits));
        line = line.slice(fits);
      }
    }
    return line === "" ? lines : [...lines, line];
  }

  down(size = 9.5): void {
    this.y += size * LEADING;
  }

  rule(from: number = PAGE.margin, to: number = PAGE.width - PAGE.margin): void {
    const y = PAGE.height - this.y;
    this.#page.drawLine({ start: { x: from, y }, end: { x: to, y }, thickness: 0.7, color: LINE });
  }
}

/** Dates and producer are given, so that the same invoice is the same bytes whenever it is drawn. */
export async function openDocument(
  title: string,
  at: number,
): Promise<{ document: PDFDocument; fonts: Fonts }> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.setTitle(title);
  document.setProducer("Titan Commerce");
  document.setCreator("Titan Commerce");
  document.setCreationDate(new Date(at));
  document.setModificationDate(new Date(at));
  const regular = await document.embedFont(StandardFonts.Helvetica);
  const bold = await document.embedFont(StandardFonts.HelveticaBold);
  return { document, fonts: { regular, bold, known: new Set(regular.getCharacterSet()) } };
}
