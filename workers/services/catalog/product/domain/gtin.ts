const LENGTHS = [8, 12, 13, 14];

/** GTIN-8, UPC-A, EAN-13 and GTIN-14 end in a digit that weighs the others 3, 1, 3, … from the right. */
export function isGtin(code: string): boolean {
  if (!/^\d+$/.test(code) || !LENGTHS.includes(code.length)) return false;
  const digits = [...code].map(Number).reverse();
  const sum = digits.reduce((total, digit, i) => total + digit * (i % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

/** GTINs of 8, 12 and 13 digits are GTIN-14s without their leading zeros. */
export const gtin14 = (gtin: string): string => gtin.padStart(14, "0");
