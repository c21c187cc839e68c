import type { Cell } from "#kernel/cell";
import type { Id } from "#kernel/ids";
import { fileKey } from "#services/communication/chat/domain/message";

type Files = {
  readonly bucket: R2Bucket;
  readonly cell: Cell;
  readonly conversationId: Id<"conversation">;
};

/** R2 takes so many keys in one call. */
const DELETED_MAX = 1_000;

/** Again it finds nothing to delete. */
export async function dropFiles(
  { bucket, cell, conversationId }: Files,
  attachmentIds: readonly string[],
): Promise<void> {
  const keys = attachmentIds.map((id) => fileKey(cell, conversationId, id as Id<"attachment">));
  for (let from = 0; from < keys.length; from += DELETED_MAX) {
    await bucket.delete(keys.slice(from, from + DELETED_MAX));
  }
}

/** What a person uploaded and never showed. */
export async function dropUploads(
  { bucket, cell, conversationId }: Files,
  userId: Id<"user">,
): Promise<void> {
  const prefix = fileKey(cell, conversationId, "" as Id<"attachment">);
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix, include: ["customMetadata"], ...(cursor ? { cursor } : {}) });
    const mine = page.objects.filter(({ customMetadata }) => customMetadata?.by === userId);
    if (mine.length > 0) await bucket.delete(mine.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
}
