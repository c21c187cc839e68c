type Names = { readonly en: string; readonly id: string };

/** Colours that goods come in: their names, and what the pictures are drawn with (0xRRGGBB). */
export const COLOURS = {
  amber: { en: "Amber", id: "Kuning madu", hex: 0xd9932f },
  black: { en: "Black", id: "Hitam", hex: 0x3a3c48 },
  brick: { en: "Brick", id: "Merah bata", hex: 0xb5533c },
  brown: { en: "Brown", id: "Cokelat", hex: 0x8a5a3b },
  charcoal: { en: "Charcoal", id: "Abu arang", hex: 0x565b69 },
  coral: { en: "Coral", id: "Koral", hex: 0xe77c66 },
  cream: { en: "Cream", id: "Krem", hex: 0xe6d3b1 },
  forest: { en: "Forest", id: "Hijau hutan", hex: 0x3f6b4f },
  grey: { en: "Grey", id: "Abu-abu", hex: 0x9aa0ac },
  indigo: { en: "Indigo", id: "Biru nila", hex: 0x3b4a86 },
  lilac: { en: "Lilac", id: "Ungu muda", hex: 0xa48cc4 },
  maroon: { en: "Maroon", id: "Merah marun", hex: 0x8c2f39 },
  mint: { en: "Mint", id: "Hijau mint", hex: 0x7fbfa4 },
  mustard: { en: "Mustard", id: "Kuning mustar", hex: 0xd6a531 },
  natural: { en: "Natural", id: "Alami", hex: 0xc59a68 },
  navy: { en: "Navy", id: "Biru dongker", hex: 0x2f4264 },
  olive: { en: "Olive", id: "Hijau zaitun", hex: 0x7d8248 },
  pink: { en: "Pink", id: "Merah muda", hex: 0xdd8fa0 },
  plum: { en: "Plum", id: "Ungu tua", hex: 0x6d4169 },
  red: { en: "Red", id: "Merah", hex: 0xc8434a },
  sage: { en: "Sage", id: "Hijau sage", hex: 0x93a98a },
  sand: { en: "Sand", id: "Pasir", hex: 0xcdb389 },
  sky: { en: "Sky", id: "Biru langit", hex: 0x76a9cf },
  stone: { en: "Stone", id: "Batu", hex: 0x7c7a78 },
  teal: { en: "Teal", id: "Hijau toska", hex: 0x2f7f83 },
  terracotta: { en: "Terracotta", id: "Terakota", hex: 0xc56a47 },
  walnut: { en: "Walnut", id: "Kenari", hex: 0x6f4a33 },
} as const satisfies { readonly [code: string]: Names & { readonly hex: number } };

export type Colour = keyof typeof COLOURS;
