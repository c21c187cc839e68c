/** WebAuthn's other side in software: one resident ES256 key, and a user whom it has verified. */
const FLAGS = { userPresent: 0x01, userVerified: 0x04, attested: 0x40 } as const;

type Credential = { readonly id: string; readonly rawId: string; readonly type: "public-key" };

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const join = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat(parts));
const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));

/** RFC 8949 for the few forms that are needed: small integers, bytes, text, maps. */
function cbor(value: number | Uint8Array | string | ReadonlyMap<number | string, unknown>): Uint8Array {
  const head = (major: number, n: number): Uint8Array => {
    if (n < 24) return Uint8Array.of((major << 5) | n);
    if (n < 256) return Uint8Array.of((major << 5) | 24, n);
    return Uint8Array.of((major << 5) | 25, n >> 8, n & 0xff);
  };
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return join(head(3, bytesOf(value).length), bytesOf(value));
  if (value instanceof Uint8Array) return join(head(2, value.length), value);
  const entries = [...(value as ReadonlyMap<number | string, number>)];
  return join(head(5, entries.length), ...entries.flatMap(([key, one]) => [cbor(key), cbor(one)]));
}

/** WebCrypto's r and s to the DER of X9.62. */
function toDer(raw: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array): Uint8Array => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const trimmed = bytes.slice(Math.max(0, start));
    const padded = (trimmed[0] ?? 0) & 0x80 ? join(Uint8Array.of(0), trimmed) : trimmed;
    return join(Uint8Array.of(0x02, padded.length), padded);
  };
  const both = join(integer(raw.slice(0, 32)), integer(raw.slice(32)));
  return join(Uint8Array.of(0x30, both.length), both);
}

type Terms = { readonly origin: string; readonly rpId: string };
type Signing = { readonly counter?: number; readonly isVerified?: boolean; readonly origin?: string };

export class Authenticator {
  readonly #terms: Terms;
  readonly #keys: CryptoKeyPair;
  readonly #id = crypto.getRandomValues(new Uint8Array(16));
  counter = 0;

  constructor(terms: Terms, keys: CryptoKeyPair) {
    this.#terms = terms;
    this.#keys = keys;
  }

  static async make(origin: string): Promise<Authenticator> {
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const keys = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
    return new Authenticator({ origin, rpId: new URL(origin).hostname }, keys);
  }

  get credential(): Credential {
    return { id: base64(this.#id), rawId: base64(this.#id), type: "public-key" };
  }

  #clientData(type: string, challenge: string, origin = this.#terms.origin): Uint8Array {
    return bytesOf(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  async #authData(flags: number, counter: number, attested: Uint8Array = new Uint8Array()) {
    const count = new Uint8Array(4);
    new DataView(count.buffer).setUint32(0, counter);
    return join(await sha256(bytesOf(this.#terms.rpId)), Uint8Array.of(flags), count, attested);
  }

  async #coseKey(): Promise<Uint8Array> {
    const jwk = (await crypto.subtle.exportKey("jwk", this.#keys.publicKey)) as JsonWebKey;
    const part = (text = "") => new Uint8Array(Buffer.from(text, "base64url"));
    const key = new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, part(jwk.x)],
      [-3, part(jwk.y)],
    ]);
    return cbor(key);
  }

  /** navigator.credentials.create */
  async create({ challenge }: { challenge: string }, { isVerified = true, origin }: Signing = {}) {
    const length = Uint8Array.of(0, this.#id.length);
    const attested = join(new Uint8Array(16), length, this.#id, await this.#coseKey());
    const flags = FLAGS.userPresent | FLAGS.attested | (isVerified ? FLAGS.userVerified : 0);
    const attestation = new Map<string, unknown>([
      ["fmt", "none"],
      ["attStmt", new Map()],
      ["authData", await this.#authData(flags, this.counter, attested)],
    ]);
    return {
      ...this.credential,
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64(this.#clientData("webauthn.create", challenge, origin)),
        attestationObject: base64(cbor(attestation)),
        transports: ["internal"],
      },
    };
  }

  /** navigator.credentials.get */
  async get({ challenge }: { challenge: string }, { counter, isVerified = true, origin }: Signing = {}) {
    this.counter = counter ?? this.counter + 1;
    const flags = FLAGS.userPresent | (isVerified ? FLAGS.userVerified : 0);
    const authData = await this.#authData(flags, this.counter);
    const clientData = this.#clientData("webauthn.get", challenge, origin);
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    const signed = join(authData, await sha256(clientData));
    const signature = await crypto.subtle.sign(algorithm, this.#keys.privateKey, signed);
    return {
      ...this.credential,
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64(clientData),
        authenticatorData: base64(authData),
        signature: base64(toDer(new Uint8Array(signature))),
      },
    };
  }
}
