import { PDFDocument, StandardFonts } from "pdf-lib";
import type { Address, Shipment } from "./types.ts";

const lines = ({ name, street1, street2, city, state, zip, country }: Address): string[] =>
  [name, street1, street2, `${city} ${state ?? ""} ${zip}`, country].filter((line) => line !== null);

/** What a carrier's label says, on four by six inches. */
export async function drawPdf({ from, to, bought }: Shipment): Promise<Buffer> {
  const document = await PDFDocument.create();
  const page = document.addPage([288, 432]);
  const font = await document.embedFont(StandardFonts.Helvetica);
  const known = new Set(font.getCharacterSet());
  const drawable = (text: string) => [...text].filter((char) => known.has(char.codePointAt(0) ?? 0)).join("");
  const words = [
    `${bought?.rate.carrier} ${bought?.rate.service}`,
    bought?.trackingCode ?? "",
    ...lines(from),
    "TO",
    ...lines(to),
  ];
  for (const [i, line] of words.entries())
    page.drawText(drawable(line), { x: 18, y: 400 - i * 18, size: 11, font });
  return Buffer.from(await document.save());
}

export const drawZpl = ({ to, bought }: Shipment): string =>
  [
    "^XA^CI28",
    `^FO40,40^A0N,36,36^FD${bought?.rate.carrier} ${bought?.rate.service}^FS`,
    ...lines(to).map((line, i) => `^FO40,${120 + i * 44}^A0N,32,32^FD${line}^FS`),
    `^FO40,420^BY3^BCN,160,Y,N,N^FD${bought?.trackingCode}^FS`,
    "^XZ",
  ].join("\n");
