import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "seller.not_found": { kind: "missing", en: "No such shop.", id: "Toko tidak ditemukan." },
  "seller.stale": {
    kind: "stale",
    en: "The shop has changed since you read it.",
    id: "Data toko sudah berubah sejak Anda membacanya.",
  },
  "seller.busy": {
    kind: "conflict",
    en: "The shop has just changed. Please try again.",
    id: "Data toko baru saja berubah. Coba lagi.",
  },
  "seller.not_movable": {
    kind: "conflict",
    en: "The shop is not in a state for this.",
    id: "Status toko tidak memungkinkan hal ini.",
  },
  "seller.reason_missing": { kind: "invalid", en: "Please give a reason.", id: "Berikan alasannya." },
  "seller.slug_taken": {
    kind: "conflict",
    en: "Another shop has this slug.",
    id: "Slug ini sudah dipakai toko lain.",
  },
  "seller.too_many": {
    kind: "conflict",
    en: "You belong to too many shops.",
    id: "Anda sudah tergabung di terlalu banyak toko.",
  },
  "member.not_found": { kind: "missing", en: "No such member.", id: "Anggota tidak ditemukan." },
  "member.exists": {
    kind: "conflict",
    en: "You are a member of this shop already.",
    id: "Anda sudah menjadi anggota toko ini.",
  },
  "member.stale": {
    kind: "conflict",
    en: "The member has just changed. Please try again.",
    id: "Data anggota baru saja berubah. Coba lagi.",
  },
  "member.last_owner": {
    kind: "conflict",
    en: "A shop needs an owner: make somebody else one first.",
    id: "Toko harus memiliki pemilik: tunjuk pemilik lain lebih dulu.",
  },
  "member.too_many": {
    kind: "conflict",
    en: "The shop has too many members and invitations.",
    id: "Anggota dan undangan toko sudah terlalu banyak.",
  },
  "invitation.not_found": {
    kind: "missing",
    en: "No such invitation.",
    id: "Undangan tidak ditemukan.",
  },
  "invitation.closed": {
    kind: "conflict",
    en: "The invitation was used or taken back.",
    id: "Undangan sudah dipakai atau dibatalkan.",
  },
  "invitation.expired": {
    kind: "conflict",
    en: "The invitation has expired. Ask for a new one.",
    id: "Undangan sudah kedaluwarsa. Minta undangan baru.",
  },
  "invitation.exists": {
    kind: "conflict",
    en: "This address has just been invited.",
    id: "Alamat ini baru saja diundang.",
  },
  "document.not_found": { kind: "missing", en: "No such document.", id: "Dokumen tidak ditemukan." },
  "document.too_many": {
    kind: "conflict",
    en: "The shop has too many documents.",
    id: "Dokumen toko sudah terlalu banyak.",
  },
  "document.not_as_said": {
    kind: "unsupported",
    en: "The file is not what its content type says.",
    id: "Isi berkas tidak sesuai dengan jenisnya.",
  },
  "commission.not_found": {
    kind: "missing",
    en: "No such commission rule.",
    id: "Aturan komisi tidak ditemukan.",
  },
  "commission.period": {
    kind: "invalid",
    en: "A rule begins now or later, and ends after that.",
    id: "Aturan mulai sekarang atau nanti, dan berakhir setelahnya.",
  },
  "commission.ended": {
    kind: "conflict",
    en: "This rule has ended already.",
    id: "Aturan ini sudah berakhir.",
  },
  "penalty.not_found": { kind: "missing", en: "No such penalty.", id: "Penalti tidak ditemukan." },
  "penalty.exists": {
    kind: "conflict",
    en: "This period has been judged already.",
    id: "Periode ini sudah dinilai.",
  },
  "penalty.restored": {
    kind: "conflict",
    en: "This penalty was taken back already.",
    id: "Penalti ini sudah dibatalkan.",
  },
  "appeal.not_found": { kind: "missing", en: "No such appeal.", id: "Banding tidak ditemukan." },
  "appeal.exists": {
    kind: "conflict",
    en: "This penalty has been appealed already.",
    id: "Penalti ini sudah diajukan banding.",
  },
  "appeal.not_a_penalty": {
    kind: "conflict",
    en: "This entry gives points back and cannot be appealed.",
    id: "Catatan ini mengembalikan poin dan tidak bisa diajukan banding.",
  },
  "appeal.too_late": {
    kind: "conflict",
    en: "The time to appeal is over.",
    id: "Waktu pengajuan banding sudah lewat.",
  },
  "appeal.decided": {
    kind: "conflict",
    en: "This appeal has been decided.",
    id: "Banding ini sudah diputuskan.",
  },
  "document.is_evidence": {
    kind: "conflict",
    en: "An appeal rests on this document.",
    id: "Dokumen ini dipakai sebagai bukti banding.",
  },
  "requirement.not_found": {
    kind: "missing",
    en: "No such requirement in this market.",
    id: "Persyaratan tidak ditemukan di pasar ini.",
  },
  "requirement.other_kind": {
    kind: "conflict",
    en: "This requirement is not met in this way.",
    id: "Persyaratan ini tidak dipenuhi dengan cara ini.",
  },
  "requirement.open": {
    kind: "conflict",
    en: "Requirements are still open.",
    id: "Masih ada persyaratan yang belum dipenuhi.",
  },
});
