import { ApiError, call } from "../api/client.ts";
import type { About } from "./about.ts";
import { actingFor } from "./side.ts";

type Where = { readonly conversationId: string; readonly seller: string | undefined };

/** Words with the product or order that they are about: the API checks that it is the two sides' own. */
export const sendAbout = ({
  about,
  text,
  cid,
  ...where
}: Where & { readonly about: About; readonly text: string; readonly cid: string }) => {
  const { product: productId, order: orderId } = about;
  const shown = productId === undefined ? { orderId: orderId ?? "" } : { productId };
  return call(
    "POST /v1/chats/{conversationId}/messages",
    {
      path: { conversationId: where.conversationId },
      body: { cid, text, ...shown },
    },
    actingFor(where),
  );
};

/** Three steps: an address for the bytes, the bytes, and the message that shows them. */
export async function sendFile({ file, ...where }: Where & { readonly file: File }): Promise<void> {
  const path = { conversationId: where.conversationId };
  const started = await call(
    "POST /v1/chats/{conversationId}/attachments",
    { path, body: { type: file.type as "image/png", bytes: file.size } },
    actingFor(where),
  );
  const put = await fetch(started.url, {
    method: "PUT",
    headers: { "content-type": file.type },
    body: file,
  });
  if (!put.ok) throw new ApiError(put.status, (await put.json().catch(() => ({}))) as object);
  await call(
    "POST /v1/chats/{conversationId}/messages",
    { path, body: { cid: crypto.randomUUID(), attachmentId: started.attachmentId } },
    actingFor(where),
  );
}
