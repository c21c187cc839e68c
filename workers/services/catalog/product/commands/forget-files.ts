import type { Ctx } from "#kernel/ctx";
import { keysOf } from "../domain/media.ts";

/** A bucket takes so many keys at once. */
const DELETED_MAX = 1_000;

/** Files go with every copy that was made of them, or who asks for a width would still see them. */
export async function forgetFiles({ buckets }: Pick<Ctx, "buckets">, keys: readonly string[]): Promise<void> {
  const all = keys.flatMap(keysOf);
  for (let from = 0; from < all.length; from += DELETED_MAX) {
    await buckets.MEDIA.delete(all.slice(from, from + DELETED_MAX));
  }
}
