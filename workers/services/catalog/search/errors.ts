import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "search.rule_not_found": { kind: "missing", en: "No such rule.", id: "Aturan tidak ditemukan." },
});
