/** Every status the API can answer with, chosen by the kind of the error code and nothing else. */
const STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  stale: 412,
  too_large: 413,
  unsupported: 415,
  key_reused: 422,
  precondition_required: 428,
  limited: 429,
  internal: 500,
  unavailable: 503,
  timeout: 504,
} as const;

export const LOCALES = ["en", "id"] as const;
export type Locale = (typeof LOCALES)[number];
type Title = { readonly [L in Locale]: string };
type Entry = Title & { readonly kind: keyof typeof STATUS };
export type FieldError = { readonly path: string; readonly code: string; readonly message: string };
type Case = {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Seconds after which trying again makes sense; answered as Retry-After. */
  readonly retryAfter?: number;
};

export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: string;
  readonly title: Title;
  /** A field and not a getter: getters of a prototype do not cross RPC. */
  readonly status: (typeof STATUS)[keyof typeof STATUS];
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: string, { kind, ...title }: Entry, { detail, errors, retryAfter }: Case) {
    // A refusal is an answer and no fault: its code says where it came from, and a stack costs more than it.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(code);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.title = title;
    this.status = STATUS[kind];
    this.detail = detail;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }
}

/** A closed list of codes: an unregistered code does not compile, nor does one without all its titles. */
export function defineErrors<const T extends Readonly<Record<string, Entry>>>(codes: T) {
  return (code: keyof T & string, about: Case = {}) => new AppError(code, codes[code] as Entry, about);
}

/** Codes that any route may answer with. */
export const fail = defineErrors({
  "request.invalid": { kind: "invalid", en: "The request is not valid.", id: "Permintaan tidak valid." },
  "request.key_missing": {
    kind: "invalid",
    en: "Idempotency-Key is missing.",
    id: "Idempotency-Key kosong.",
  },
  "request.key_reused": {
    kind: "key_reused",
    en: "This Idempotency-Key was used for another request.",
    id: "Idempotency-Key ini sudah dipakai untuk permintaan lain.",
  },
  "request.in_flight": {
    kind: "conflict",
    en: "The first request with this key is still being worked on.",
    id: "Permintaan pertama dengan kunci ini masih diproses.",
  },
  "request.stale": {
    kind: "stale",
    en: "It has changed since you read it.",
    id: "Data sudah berubah sejak Anda membacanya.",
  },
  "request.version_missing": {
    kind: "precondition_required",
    en: "If-Match is missing.",
    id: "If-Match kosong.",
  },
  "request.limited": {
    kind: "limited",
    en: "Too many requests. Please wait a moment.",
    id: "Terlalu banyak permintaan. Tunggu sebentar.",
  },
  "request.too_large": {
    kind: "too_large",
    en: "The request is too large.",
    id: "Permintaan terlalu besar.",
  },
  "request.unsupported": {
    kind: "unsupported",
    en: "This content type is not taken here.",
    id: "Jenis konten ini tidak diterima.",
  },
  "request.not_json": { kind: "unsupported", en: "The body must be JSON.", id: "Isi harus berupa JSON." },
  "route.not_found": { kind: "missing", en: "No such address.", id: "Alamat tidak ditemukan." },
  "market.not_found": {
    kind: "missing",
    en: "No such market. Name one by host, X-Market or country.",
    id: "Pasar tidak ditemukan. Sebutkan lewat host, X-Market, atau negara.",
  },
  "actor.unauthenticated": { kind: "unauthenticated", en: "Please sign in.", id: "Silakan masuk." },
  "actor.forbidden": { kind: "forbidden", en: "You may not do this.", id: "Anda tidak berhak." },
  unavailable: {
    kind: "unavailable",
    en: "A part of the platform is away for a moment. Please try again.",
    id: "Sebagian layanan sedang tidak tersedia. Silakan coba lagi.",
  },
  internal: { kind: "internal", en: "Something went wrong on our side.", id: "Terjadi kesalahan pada kami." },
});

/** Class identity does not survive RPC, so look at the name, never at `instanceof`. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === "AppError" && "code" in error && "status" in error;
}
