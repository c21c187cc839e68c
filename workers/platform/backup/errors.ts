import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "backup.file_not_found": { kind: "missing", en: "No such file.", id: "Berkas tidak ditemukan." },
});
