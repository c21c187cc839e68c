import type { Place } from "./page.ts";

const TEXTS = {
  en: {
    search: "Search products",
    account: "Cart and account",
    cart: "Cart",
    signIn: "Sign in",
    home: "Home",
    categories: "Categories",
    newest: "New on the shelf",
    tagline: "Everything, from shops near you",
    about:
      "Buy from thousands of shops: fair prices, exact stock, and your money safe until it is delivered.",
    products: "Products",
    from: "from",
    soldOut: "Sold out",
    reviews: "reviews",
    noReviews: "No reviews yet",
    shop: "Shop",
    notFound: "This page does not exist",
    notFoundText: "It may have moved, or it never was here. The search above finds what there is.",
    results: (query: string) => `Results for “${query}”`,
    all: "All products",
  },
  id: {
    search: "Cari produk",
    account: "Keranjang dan akun",
    cart: "Keranjang",
    signIn: "Masuk",
    home: "Beranda",
    categories: "Kategori",
    newest: "Baru di etalase",
    tagline: "Semuanya, dari toko di dekat Anda",
    about: "Belanja dari ribuan toko: harga wajar, stok pasti, dan uang Anda aman sampai barang diterima.",
    products: "Produk",
    from: "mulai",
    soldOut: "Habis",
    reviews: "ulasan",
    noReviews: "Belum ada ulasan",
    shop: "Toko",
    notFound: "Halaman ini tidak ada",
    notFoundText:
      "Mungkin sudah pindah, atau memang tidak pernah ada. Pencarian di atas menemukan yang tersedia.",
    results: (query: string) => `Hasil untuk “${query}”`,
    all: "Semua produk",
  },
} as const;

/** What the first HTML says by itself, in the page's language. */
export const say = ({ locale }: Pick<Place, "locale">) => TEXTS[locale];
