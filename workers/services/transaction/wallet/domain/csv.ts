/** RFC 4180; what a spreadsheet would take for a formula is made text, but for amounts. */
function toCell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-\d+(\.\d+)?$/.test(text);
  const plain = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export const toRow = (cells: readonly string[]): string => `${cells.map(toCell).join(",")}\r\n`;

export const toDecimal = (minor: bigint): string => {
  const [sign, size] = minor < 0n ? ["-", -minor] : ["", minor];
  return `${sign}${size / 100n}.${(size % 100n).toString().padStart(2, "0")}`;
};
