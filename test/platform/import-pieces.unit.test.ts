import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv, readJsonLines } from "#services/catalog/product/schemas/import-file";
import { piecesOf } from "../../web/src/seller/import-pieces.ts";

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const refOf = ({ value }: { readonly value: unknown }) => (value as { ref?: string } | undefined)?.ref;

/** What the API reads of the pieces, each with its place in the whole file. */
function readAll(text: string, isCsv: boolean) {
  return piecesOf(text, isCsv).flatMap((piece) => {
    const read = isCsv ? readCsv(piece.text, "IDR") : readJsonLines(piece.text);
    if ("refused" in read) throw new Error(read.refused);
    return read.rows.map((row) => ({ ref: refOf(row), row: row.row + piece.before, value: row.value }));
  });
}

const anyWords = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "é", " ", "kopi") });
const anyProducts = fc.array(fc.record({ variants: fc.integer({ min: 1, max: 9 }), words: anyWords }), {
  minLength: 1,
  maxLength: 300,
});

test("a long CSV is read in pieces as it would be in one: each product once, whole, at its line", () => {
  fc.assert(
    fc.property(anyProducts, fc.boolean(), fc.boolean(), (products, hasMark, isOpen) => {
      const records = products.flatMap(({ variants, words }, n) =>
        Array.from({ length: variants }, (_, i) => `${quoted(words)},r-${n},s-${n}-${i},1000`),
      );
      const [mark, end] = [hasMark ? "\uFEFF" : "", isOpen ? "" : "\r\n"];
      const text = `${mark}title_en,ref,sku,price\r\n${records.join("\r\n")}${end}`;
      const rows = readAll(text, true);
      expect(rows.map(({ ref }) => ref)).toEqual(products.map((_, n) => `r-${n}`));
      let line = 2;
      for (const [n, { variants }] of products.entries()) {
        const { row, value } = rows[n] ?? { row: 0, value: undefined };
        expect(row).toBe(line);
        expect((value as { variants: unknown[] }).variants).toHaveLength(variants);
        line += variants;
      }
    }),
    { numRuns: 60 },
  );
});

test("twelve hundred lines of JSON are three pieces, and a blank line keeps its number", () => {
  const lines = Array.from({ length: 1_200 }, (_, n) => (n === 700 ? "" : JSON.stringify({ ref: `r-${n}` })));
  expect(piecesOf(lines.join("\n"), false)).toHaveLength(3);
  const rows = readAll(lines.join("\n"), false);
  expect(rows.map(({ ref }) => Number(ref?.slice(2)) + 1)).toEqual(rows.map(({ row }) => row));
  expect(rows).toHaveLength(1_199);
});

test("what is heavy is sent in more pieces, what is short in one, and what is no CSV as it is", () => {
  const heavy = Array.from({ length: 20 }, (_, n) =>
    JSON.stringify({ ref: `r-${n}`, x: "é".repeat(200_000) }),
  );
  expect(piecesOf(heavy.join("\n"), false).length).toBeGreaterThan(2);
  expect(piecesOf('{"ref":"a"}\n', false)).toHaveLength(1);
  expect(piecesOf("a,b\n1,2\n", true)).toEqual([{ text: "a,b\n1,2\n", before: 0 }]);
});
