import type { Pair } from "./goods.ts";

export type CategoryBranch = {
  readonly slug: string;
  readonly names: Pair;
  readonly children?: readonly CategoryBranch[];
};

const leaf = (slug: string, en: string, id: string): CategoryBranch => ({ slug, names: [en, id] });
const branch = (slug: string, names: Pair, ...children: CategoryBranch[]): CategoryBranch => ({
  slug,
  names,
  children,
});

/** Three levels; goods lie in the leaves. */
export const CATEGORIES: readonly CategoryBranch[] = [
  branch(
    "fashion",
    ["Fashion", "Busana"],
    branch(
      "clothing",
      ["Clothing", "Pakaian"],
      leaf("batik-and-weaving", "Batik and weaving", "Batik dan tenun"),
      leaf("shirts-and-tops", "Shirts and tops", "Kemeja dan atasan"),
      leaf("skirts-and-trousers", "Skirts and trousers", "Rok dan celana"),
      leaf("jackets-and-hoodies", "Jackets and hoodies", "Jaket dan hoodie"),
    ),
    branch(
      "shoes",
      ["Shoes", "Sepatu"],
      leaf("sneakers-and-shoes", "Sneakers and shoes", "Sneaker dan sepatu"),
      leaf("sandals", "Sandals", "Sandal"),
    ),
    branch(
      "accessories",
      ["Accessories", "Aksesori"],
      leaf("bags-and-wallets", "Bags and wallets", "Tas dan dompet"),
      leaf("hats-scarves-socks", "Hats, scarves and socks", "Topi, syal, dan kaus kaki"),
      leaf("watches-and-eyewear", "Watches and eyewear", "Jam tangan dan kacamata"),
    ),
  ),
  branch(
    "home-and-living",
    ["Home and living", "Rumah dan dekorasi"],
    branch(
      "kitchen",
      ["Kitchen", "Dapur"],
      leaf("cookware", "Cookware", "Alat masak"),
      leaf("tableware", "Tableware", "Peralatan makan"),
      leaf("coffee-and-tea-gear", "Coffee and tea gear", "Alat seduh kopi dan teh"),
      leaf("kitchen-storage", "Kitchen storage", "Wadah dan bekal"),
    ),
    branch(
      "living",
      ["Living", "Ruang keluarga"],
      leaf("lighting", "Lighting", "Lampu"),
      leaf("home-textiles", "Home textiles", "Kain rumah"),
      leaf("decoration", "Decoration", "Dekorasi"),
      leaf("small-furniture", "Small furniture", "Perabot kecil"),
    ),
  ),
  branch(
    "food-and-drink",
    ["Food and drink", "Makanan dan minuman"],
    branch("drinks", ["Drinks", "Minuman"], leaf("coffee", "Coffee", "Kopi"), leaf("tea", "Tea", "Teh")),
    branch(
      "pantry",
      ["Pantry", "Bahan dapur"],
      leaf("spices-and-sauces", "Spices and sauces", "Bumbu dan saus"),
      leaf("honey-sugar-rice", "Honey, sugar and rice", "Madu, gula, dan beras"),
      leaf("snacks", "Snacks", "Camilan"),
    ),
  ),
  branch(
    "electronics",
    ["Electronics", "Elektronik"],
    branch(
      "sound-and-wearables",
      ["Sound and wearables", "Suara dan gawai pintar"],
      leaf("headphones-and-speakers", "Headphones and speakers", "Headphone dan speaker"),
      leaf("wearables", "Wearables", "Gawai pakai"),
    ),
    branch(
      "computer-and-phone",
      ["Computer and phone", "Komputer dan ponsel"],
      leaf("charging-and-cables", "Charging and cables", "Pengisi daya dan kabel"),
      leaf("phone-accessories", "Phone accessories", "Aksesori ponsel"),
      leaf("desk-electronics", "Desk electronics", "Elektronik meja"),
    ),
  ),
  branch(
    "beauty-and-care",
    ["Beauty and care", "Kecantikan dan perawatan"],
    branch(
      "skin",
      ["Skin", "Kulit"],
      leaf("face-care", "Face care", "Perawatan wajah"),
      leaf("bath-and-body", "Bath and body", "Mandi dan tubuh"),
    ),
    branch(
      "hair-and-grooming",
      ["Hair and grooming", "Rambut dan penampilan"],
      leaf("hair-care", "Hair care", "Perawatan rambut"),
      leaf("fragrance-and-lips", "Fragrance and lips", "Wewangian dan bibir"),
    ),
  ),
  branch(
    "sports-and-outdoors",
    ["Sports and outdoors", "Olahraga dan alam"],
    branch(
      "outdoors",
      ["Outdoors", "Alam terbuka"],
      leaf("camping", "Camping", "Berkemah"),
      leaf("hiking", "Hiking", "Mendaki"),
    ),
    branch(
      "sports",
      ["Sports", "Olahraga"],
      leaf("training", "Training", "Latihan"),
      leaf("games-water-cycling", "Ball games, water and cycling", "Bola, air, dan sepeda"),
    ),
  ),
  branch(
    "kids-and-stationery",
    ["Kids and stationery", "Anak dan alat tulis"],
    branch(
      "play",
      ["Play", "Bermain"],
      leaf("toys", "Toys", "Mainan"),
      leaf("games-and-music", "Games and music", "Permainan dan musik"),
    ),
    branch(
      "paper-and-pens",
      ["Paper and pens", "Kertas dan pena"],
      leaf("books-and-notebooks", "Books and notebooks", "Buku dan catatan"),
      leaf("writing-and-art", "Writing and art", "Menulis dan seni"),
    ),
  ),
];
