let mark: string | undefined;

/** 128 bits that nobody can guess (CSP level 3, 8.1). */
export const newNonce = (): string => crypto.randomUUID().replaceAll("-", "");

/**
 * Stands for the nonce in a document that is kept. Nobody can guess it either, or a text that holds it would
 * be given the nonce of each answer. At first use: an isolate has no randomness before its first request.
 */
export function nonceMark(): string {
  mark ??= newNonce();
  return mark;
}
