/** Carriers that the platform can follow, by the code that Biteship knows them by; `post` is any S10 post. */
export const CARRIERS = [
  "jne",
  "jnt",
  "sicepat",
  "anteraja",
  "ninja",
  "idexpress",
  "lion",
  "pos",
  "tiki",
  "wahana",
  "spx",
  "sap",
  "paxel",
  "grab",
  "gojek",
  "lalamove",
  "post",
  "sscc",
] as const;
export type Carrier = (typeof CARRIERS)[number];

/** `proved` by a check digit, or only `likely` by its form. */
export type Recognised = {
  readonly carrier: Carrier;
  readonly certainty: "proved" | "likely";
  /** ISO 3166-1, where the number says it. */
  readonly country: string | null;
};

const S10_WEIGHTS = [8, 6, 4, 2, 3, 5, 9, 7] as const;

/** UPU S10: a service, eight digits, a check digit modulo 11 and the country of the post that issued it. */
function isS10(number: string): boolean {
  const parts = /^[A-Z]{2}(\d{8})(\d)[A-Z]{2}$/.exec(number);
  if (!parts) return false;
  const [, digits = "", check = ""] = parts;
  const sum = S10_WEIGHTS.reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
  const rest = 11 - (sum % 11);
  return Number(check) === (rest === 10 ? 0 : rest === 11 ? 5 : rest);
}

/** GS1: seventeen digits and a check digit modulo 10, weighted 3 and 1; perhaps with its (00). */
function isSscc(number: string): boolean {
  const digits = /^(?:\(00\)|00(?=\d{18}$))?(\d{18})$/.exec(number)?.[1];
  if (digits === undefined) return false;
  const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}

/** Forms of Indonesian waybills. They overlap: a number may have several; the most telling come first. */
const FORMS: readonly (readonly [RegExp, Carrier])[] = [
  [/^SPXID\d{9,14}$/, "spx"],
  [/^J[A-Z]\d{10}$/, "jnt"],
  [/^(NLID[A-Z]{0,3}|NV(ID)?|NXID)[A-Z0-9]{8,14}$/, "ninja"],
  [/^ID[A-Z]\d{10,13}$/, "idexpress"],
  [/^\d{2}LP\d{10,14}$/, "lion"],
  [/^P\d{10,13}$/, "pos"],
  [/^(CM|JNE|JOB|JNAP|TLJN|CGK)[A-Z0-9]{8,16}$/, "jne"],
  [/^10\d{12}$/, "anteraja"],
  [/^00\d{10}$/, "sicepat"],
  [/^66\d{10}$/, "tiki"],
  [/^\d{15,16}$/, "jne"],
  [/^[A-Z]{3}\d{5}$/, "wahana"],
];

const tidy = (number: string): string => number.toUpperCase().replace(/[\s.-]/g, "");

/** Whose parcel a number is, the surest first; empty where no form fits. */
export function recognise(number: string): readonly Recognised[] {
  const text = tidy(number);
  const found: Recognised[] = [];
  if (isS10(text)) {
    const country = text.slice(-2);
    found.push({ carrier: country === "ID" ? "pos" : "post", certainty: "proved", country });
  }
  if (isSscc(text)) found.push({ carrier: "sscc", certainty: "proved", country: null });
  for (const [form, carrier] of FORMS) {
    if (form.test(text)) found.push({ carrier, certainty: "likely", country: "ID" });
  }
  return found;
}

/** Words that shops write for a carrier, without spaces and signs. */
const NAMES: readonly (readonly [RegExp, Carrier])[] = [
  [/^jne/, "jne"],
  [/^(jnt|jt|jtexpress|jntexpress)/, "jnt"],
  [/^sicepat/, "sicepat"],
  [/^anter(aja)?/, "anteraja"],
  [/^ninja/, "ninja"],
  [/^(idexpress|idx)/, "idexpress"],
  [/^lion/, "lion"],
  [/^(pos|posindonesia|posaja)$/, "pos"],
  [/^tiki/, "tiki"],
  [/^wahana/, "wahana"],
  [/^(spx|shopee)/, "spx"],
  [/^sap/, "sap"],
  [/^paxel/, "paxel"],
  [/^grab/, "grab"],
  [/^(gojek|gosend)/, "gojek"],
  [/^lalamove/, "lalamove"],
];

/** What the shop wrote counts before what the number looks like; undefined is a fleet of nobody we know. */
export function carrierOf(named: string, number: string): Carrier | undefined {
  const word = named.toLowerCase().replace(/[^a-z]/g, "");
  const known = NAMES.find(([form]) => form.test(word))?.[1];
  if (known) return known;
  return /^(own|toko|kurir|self|internal)/.test(word) ? undefined : recognise(number)[0]?.carrier;
}

/** As `jne`, `jnt` and so on are asked for at Biteship; a post of elsewhere and a pallet's label are not. */
export const isFollowed = (carrier: Carrier | undefined): carrier is Carrier =>
  carrier !== undefined && carrier !== "post" && carrier !== "sscc";
