import { defineErrors } from "#kernel/errors";

export const fail = defineErrors({
  "product.not_found": { kind: "missing", en: "No such product.", id: "Produk tidak ditemukan." },
  "product.invalid": { kind: "invalid", en: "The product is not valid.", id: "Data produk tidak valid." },
  "product.incomplete": {
    kind: "conflict",
    en: "The product is not complete enough to be sold.",
    id: "Produk belum cukup lengkap untuk dijual.",
  },
  "product.unpriced": {
    kind: "conflict",
    en: "Every variant on sale needs a price.",
    id: "Setiap varian yang dijual harus memiliki harga.",
  },
  "product.stale": {
    kind: "stale",
    en: "The product has changed since you read it.",
    id: "Produk sudah berubah sejak Anda membacanya.",
  },
  "product.busy": {
    kind: "conflict",
    en: "The product has just changed. Please try again.",
    id: "Produk baru saja berubah. Coba lagi.",
  },
  "product.not_movable": {
    kind: "conflict",
    en: "The product is not in a state for this.",
    id: "Status produk tidak memungkinkan hal ini.",
  },
  "product.slug_taken": {
    kind: "conflict",
    en: "Another product has this slug.",
    id: "Slug ini sudah dipakai produk lain.",
  },
  "product.ref_taken": {
    kind: "conflict",
    en: "The shop has another product with this reference.",
    id: "Toko sudah memiliki produk lain dengan referensi ini.",
  },
  "product.category_missing": {
    kind: "conflict",
    en: "There is no such open category.",
    id: "Kategori tidak ditemukan atau sudah ditutup.",
  },
  "product.shop_not_open": {
    kind: "conflict",
    en: "The shop may not sell.",
    id: "Toko belum atau tidak boleh berjualan.",
  },
  "product.too_many_variants": {
    kind: "conflict",
    en: "The options give too many variants.",
    id: "Pilihan menghasilkan terlalu banyak varian.",
  },
  "product.change_missing": {
    kind: "missing",
    en: "No change is waiting.",
    id: "Tidak ada perubahan yang menunggu.",
  },
  "product.change_outdated": {
    kind: "conflict",
    en: "The product has changed since this was asked for.",
    id: "Produk sudah berubah sejak perubahan ini diajukan.",
  },
  "product.change_empty": {
    kind: "conflict",
    en: "The product says all of this already.",
    id: "Produk sudah memuat semua ini.",
  },
  "product.not_offered": {
    kind: "forbidden",
    en: "Only a shop that offers the product may propose a change of it.",
    id: "Hanya toko yang menawarkan produk ini yang dapat mengusulkan perubahannya.",
  },
  "product.import_too_long": {
    kind: "too_large",
    en: "The import has too many rows for one request.",
    id: "Baris impor terlalu banyak untuk satu permintaan.",
  },
  "product.import_unreadable": {
    kind: "invalid",
    en: "The file cannot be read.",
    id: "Berkas tidak dapat dibaca.",
  },
  "product.shop_missing": {
    kind: "invalid",
    en: "Say which shop this is for.",
    id: "Sebutkan toko yang dimaksud.",
  },
  "offer.not_found": { kind: "missing", en: "No such offer.", id: "Penawaran tidak ditemukan." },
  "offer.stale": {
    kind: "stale",
    en: "The offer has changed since you read it.",
    id: "Penawaran sudah berubah sejak Anda membacanya.",
  },
  "offer.busy": {
    kind: "conflict",
    en: "The offer has just changed. Please try again.",
    id: "Penawaran baru saja berubah. Coba lagi.",
  },
  "offer.exists": {
    kind: "conflict",
    en: "The shop offers this variant already.",
    id: "Toko sudah menawarkan varian ini.",
  },
  "offer.sku_taken": {
    kind: "conflict",
    en: "Another offer of the shop has this SKU.",
    id: "SKU ini sudah dipakai penawaran lain.",
  },
  "offer.archived": {
    kind: "conflict",
    en: "The offer is archived.",
    id: "Penawaran sudah diarsipkan.",
  },
  "offer.bad_quantities": {
    kind: "invalid",
    en: "The largest quantity is below the smallest.",
    id: "Jumlah maksimum lebih kecil dari minimum.",
  },
  "offer.wrong_currency": {
    kind: "invalid",
    en: "Prices here are in the market's currency.",
    id: "Harga harus dalam mata uang pasar ini.",
  },
  "offer.price_not_positive": {
    kind: "invalid",
    en: "A price is above zero.",
    id: "Harga harus lebih dari nol.",
  },
  "offer.price_off_step": {
    kind: "invalid",
    en: "Nobody can pay a part of the smallest coin.",
    id: "Harga harus kelipatan satuan uang terkecil.",
  },
  "duplicate.not_found": {
    kind: "missing",
    en: "No such pair of products, or no such merge.",
    id: "Pasangan produk atau penggabungan tidak ditemukan.",
  },
  "duplicate.decided": {
    kind: "conflict",
    en: "Somebody has decided on this pair already.",
    id: "Pasangan ini sudah diputuskan.",
  },
  "duplicate.same": {
    kind: "invalid",
    en: "A product is not its own duplicate.",
    id: "Produk bukan duplikat dirinya sendiri.",
  },
  "duplicate.not_mergeable": {
    kind: "conflict",
    en: "The one that stays is on sale, and the other is on sale or proposed.",
    id: "Produk utama harus dijual, dan yang lain dijual atau diusulkan.",
  },
  "duplicate.unlike": {
    kind: "conflict",
    en: "Their variants are not the same things.",
    id: "Varian keduanya berbeda.",
  },
  "duplicate.too_late": {
    kind: "conflict",
    en: "This merge cannot be taken back any more.",
    id: "Penggabungan ini tidak dapat dibatalkan lagi.",
  },
  "duplicate.not_undoable": {
    kind: "conflict",
    en: "Take back first what became of the other product since.",
    id: "Batalkan dahulu perubahan setelahnya pada produk utama.",
  },
  "media.not_found": { kind: "missing", en: "No such file.", id: "Berkas tidak ditemukan." },
  "media.not_a_picture": {
    kind: "invalid",
    en: "Only pictures have a width.",
    id: "Hanya gambar yang memiliki lebar.",
  },
  "media.not_as_said": {
    kind: "unsupported",
    en: "The file is not what its content type says.",
    id: "Isi berkas tidak sesuai dengan jenisnya.",
  },
  "media.too_large": {
    kind: "too_large",
    en: "The picture or video is too large.",
    id: "Gambar atau video terlalu besar.",
  },
  "media.too_many": {
    kind: "conflict",
    en: "A product has at most nine pictures and one video.",
    id: "Produk paling banyak memiliki sembilan gambar dan satu video.",
  },
  "media.order_incomplete": {
    kind: "invalid",
    en: "Name each of the product's files once.",
    id: "Sebutkan setiap berkas produk satu kali.",
  },
});
