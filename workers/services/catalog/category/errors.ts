import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "category.not_found": { kind: "missing", en: "No such category.", id: "Kategori tidak ditemukan." },
  "category.stale": {
    kind: "stale",
    en: "The category has changed since you read it.",
    id: "Kategori sudah berubah sejak Anda membacanya.",
  },
  "category.moved": {
    kind: "conflict",
    en: "The tree has just changed. Please try again.",
    id: "Susunan kategori baru saja berubah. Coba lagi.",
  },
  "category.parent_not_found": {
    kind: "conflict",
    en: "There is no such parent category.",
    id: "Kategori induk tidak ditemukan.",
  },
  "category.parent_archived": {
    kind: "conflict",
    en: "The parent category is archived.",
    id: "Kategori induk sudah diarsipkan.",
  },
  "category.closed": {
    kind: "conflict",
    en: "The category has just been closed.",
    id: "Kategori baru saja ditutup.",
  },
  "category.cycle": {
    kind: "conflict",
    en: "A category cannot move below itself.",
    id: "Kategori tidak dapat dipindahkan ke bawah dirinya sendiri.",
  },
  "category.too_deep": {
    kind: "conflict",
    en: "The tree would get too deep.",
    id: "Susunan kategori menjadi terlalu dalam.",
  },
  "category.slug_taken": {
    kind: "conflict",
    en: "Another category has this slug.",
    id: "Slug ini sudah dipakai kategori lain.",
  },
  "category.not_empty": {
    kind: "conflict",
    en: "It still has categories or products.",
    id: "Kategori masih memiliki subkategori atau produk.",
  },
  "taxonomy.unreadable": {
    kind: "invalid",
    en: "The file is not this taxonomy's published list.",
    id: "Berkas bukan daftar terbitan taksonomi ini.",
  },
  "taxonomy.unknown_code": {
    kind: "invalid",
    en: "The taxonomy has no such code any more.",
    id: "Taksonomi tidak (lagi) memiliki kode ini.",
  },
});
