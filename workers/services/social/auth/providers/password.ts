import type Argon2 from "@phi-ag/argon2";

/** OWASP's least for argon2id: 19 MiB, two passes. A hash takes some 30 ms of one core. */
const TERMS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, hashLength: 32 } as const;
/** Of no password. An unknown address is answered after the same work as a known one. */
const DUMMY =
  "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const BCRYPT = /^(\$2[aby]\$(0[4-9]|1[0-2])\$[./A-Za-z0-9]{22})[./A-Za-z0-9]{31}$/;

/** What is stored of a password: with `bcryptSalt` the hash is of the bcrypt hash that was imported. */
export type PasswordHash = { readonly hash: string; readonly bcryptSalt: string | null };

// The instance and not a promise of it: a promise that one request began may never end for another.
let instance: Argon2 | undefined;

async function argon2(): Promise<Argon2> {
  if (instance) return instance;
  if (navigator.userAgent === "Cloudflare-Workers") {
    const [{ default: Engine }, { default: module }] = await Promise.all([
      import("@phi-ag/argon2"),
      import("@phi-ag/argon2/argon2.wasm"),
    ]);
    instance = new Engine(await WebAssembly.instantiate(module));
  } else {
    // Seeds and scripts run in Node, which reads the module from its file.
    const { default: initialize } = await import("@phi-ag/argon2/node");
    instance = await initialize();
  }
  return instance;
}

/**
 * The library tells the C code the length in UTF-16 units: of a password beyond ASCII it would leave out the
 * end. Base64 of the bytes is ASCII. NFKC, because keyboards write the same letter in different ways.
 */
const toAscii = (password: string): string =>
  Buffer.from(password.normalize("NFKC"), "utf8").toString("base64url");

export async function hashPassword(password: string): Promise<PasswordHash> {
  const { encoded } = (await argon2()).hash(toAscii(password), TERMS);
  return { hash: encoded, bcryptSalt: null };
}

/** A bcrypt hash of an import is wrapped at once: what is stored is argon2id, whatever came in. */
export async function wrapBcrypt(bcryptHash: string): Promise<PasswordHash | undefined> {
  const salt = BCRYPT.exec(bcryptHash)?.[1];
  if (salt === undefined) return undefined;
  const { encoded } = (await argon2()).hash(bcryptHash.replace(/^\$2[ay]/, "$2b"), TERMS);
  return { hash: encoded, bcryptSalt: salt.replace(/^\$2[ay]/, "$2b") };
}

/** Does the work of a check even when there is nothing to check against. */
export async function checkPassword(password: string, stored: PasswordHash | undefined): Promise<boolean> {
  const engine = await argon2();
  if (stored === undefined) {
    engine.tryVerify(DUMMY, toAscii(password));
    return false;
  }
  if (stored.bcryptSalt === null) return engine.tryVerify(stored.hash, toAscii(password)).success;
  const { default: bcrypt } = await import("bcryptjs");
  return engine.tryVerify(stored.hash, await bcrypt.hash(password, stored.bcryptSalt)).success;
}
