import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "backup.object_not_empty": {
    kind: "conflict",
    en: "The object holds something newer than the backup.",
    id: "Objek berisi sesuatu yang lebih baru daripada cadangan.",
  },
  "backup.object_out_of_order": {
    kind: "conflict",
    en: "A page before this one is missing.",
    id: "Halaman sebelum ini belum ada.",
  },
  "backup.object_other_steps": {
    kind: "conflict",
    en: "Another version of the object wrote these rows.",
    id: "Baris ini ditulis oleh versi objek yang lain.",
  },
  "backup.file_differs": {
    kind: "conflict",
    en: "Another file has this name.",
    id: "Berkas lain memakai nama ini.",
  },
  "backup.file_not_found": { kind: "missing", en: "No such file.", id: "Berkas tidak ditemukan." },
});
