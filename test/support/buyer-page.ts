import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import type { RunningPlatform } from "./running-platform.ts";
import { mailboxOf } from "./sandboxes.ts";

/** What a page says to a person, in the language that a test walks through it in. */
const WORDS = {
  en: {
    base: "/en",
    add: "Add to cart",
    cart: "Go to the cart",
    checkout: "Check out",
    recipient: "Name of the recipient",
    phone: "Mobile number",
    line1: "Street and number",
    region: "Province",
    city: "City",
    district: "District",
    postalCode: "Postal code",
    ship: "Ship here",
    email: "E-mail",
    password: "Password",
    signIn: "Sign in",
  },
  id: {
    base: "",
    add: "Masukkan keranjang",
    cart: "Lihat keranjang",
    checkout: "Checkout",
    recipient: "Nama penerima",
    phone: "Nomor ponsel",
    line1: "Nama jalan dan nomor rumah",
    region: "Provinsi",
    city: "Kota/kabupaten",
    district: "Kecamatan",
    postalCode: "Kode pos",
    ship: "Kirim ke sini",
    email: "Email",
    password: "Kata sandi",
    signIn: "Masuk",
  },
} as const;
/** A choice is shown as made once its change is on its way, which is a moment after the click. */
export async function choose(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole("radio", { name }).click();
  await page.getByRole("radio", { name, checked: true }).waitFor();
}

export type Person = { readonly name: string; readonly email: string; readonly password: string };

export type Opening = {
  readonly platform: RunningPlatform;
  readonly browser: Browser;
  readonly locale: keyof typeof WORDS;
  readonly width: number;
  /** Else light, and a browser that says itself that nobody looks at it. */
  readonly as?: Pick<BrowserContextOptions, "colorScheme" | "userAgent">;
};

/** A browser of somebody's own, and what went wrong in any of its pages. */
export async function openBuyer({ platform, browser, locale, width, as = {} }: Opening) {
  const viewport = { width, height: width < 600 ? 740 : 900 };
  const context = await browser.newContext({ viewport, ...as });
  const wrong: string[] = [];
  context.on("weberror", (error) => wrong.push(error.error().message));
  context.on("console", (message) => {
    const isRefusal = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isRefusal) wrong.push(message.text());
  });
  const page = await context.newPage();
  // Providers lead back to this name of the machine, and a page of another origin knows nobody.
  const origin = platform.url.replace("127.0.0.1", "localhost");
  return buyerIn({ context, page, wrong, url: `${origin}${WORDS[locale].base}`, words: WORDS[locale] });
}

type Given = {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly wrong: string[];
  readonly url: string;
  readonly words: (typeof WORDS)[keyof typeof WORDS];
};

function buyerIn({ context, page, wrong, url, words }: Given) {
  return {
    context,
    page,
    wrong,
    url,
    words,
    open: (path: string) => page.goto(`${url}${path}`),
    /** From the product's page to the checkout, as people go. */
    async bring(slug: string): Promise<void> {
      await page.goto(`${url}/products/${slug}`);
      await page.getByRole("button", { name: words.add }).click();
      await page.getByRole("link", { name: words.cart }).click();
      await page.getByRole("link", { name: words.checkout, exact: true }).click();
    },
    async typeAddress(): Promise<void> {
      await page.getByLabel(words.recipient).fill("Ani Wijaya");
      await page.getByLabel(words.phone).fill("0812-3456-7890");
      await page.getByLabel(words.line1).fill("Jl. Merdeka 1");
      await page.getByLabel(words.region).fill("DKI Jakarta");
      await page.getByLabel(words.city).fill("Jakarta Pusat");
      await page.getByLabel(words.district).fill("Gambir");
      await page.getByLabel(words.postalCode).fill("10110");
    },
    ship: () => page.getByRole("button", { name: words.ship }).click(),
    async signIn({ email, password }: Person): Promise<void> {
      await page.getByLabel(words.email).fill(email);
      await page.getByLabel(words.password).fill(password);
      await page.getByRole("main").getByRole("button", { name: words.signIn, exact: true }).click();
    },
    /** Nothing reaches beyond the screen's edge. */
    async expectNoSideways(): Promise<void> {
      const beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(await page.evaluate(beyond), page.url()).toBeLessThanOrEqual(0);
    },
    async close(): Promise<void> {
      await context.close();
      expect(wrong).toEqual([]);
    },
  };
}
export type Buyer = Awaited<ReturnType<typeof openBuyer>>;

/** What a mail leads to: the page's path with its token. */
export async function mailedPath(platform: RunningPlatform, to: string, page: string): Promise<string> {
  const link = new RegExp(`${page}#token=[\\w-]{43}`);
  const mail = await mailboxOf(platform).find(to, page, ({ text }) => link.test(text));
  return link.exec(mail.text)?.[0] ?? "";
}
