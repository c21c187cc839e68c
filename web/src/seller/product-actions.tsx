import { useNavigate } from "@tanstack/react-router";
import { texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import type { Product } from "./product-draft.ts";
import { PRODUCT_READS } from "./product-states.ts";

const text = texts({
  en: {
    draft: "Only you see it. Add pictures and prices, then put it on sale.",
    rejected: "It was turned down. Change what is wrong and propose it again.",
    archived: "It is not on sale any more.",
    propose: "Put on sale",
    archive: "Take off sale",
    restore: "Make it a draft again",
    remove: "Delete for good",
  },
  id: {
    draft: "Baru Anda yang melihatnya. Tambahkan foto dan harga, lalu jual.",
    rejected: "Produk ini ditolak. Perbaiki lalu ajukan lagi.",
    archived: "Produk ini sudah tidak dijual.",
    propose: "Mulai jual",
    archive: "Berhenti jual",
    restore: "Jadikan draf lagi",
    remove: "Hapus permanen",
  },
});

/** The product's next step, by its state. */
export function ProductActions({ product }: { readonly product: Product }) {
  const { state } = product;
  const path = { productId: product.id };
  const navigate = useNavigate();
  const propose = useCommand("POST /v1/products/{productId}/propose", { forget: PRODUCT_READS });
  const archive = useCommand("POST /v1/products/{productId}/archive", { forget: PRODUCT_READS });
  const restore = useCommand("POST /v1/products/{productId}/restore", { forget: PRODUCT_READS });
  const remove = useCommand("DELETE /v1/products/{productId}", {
    onDone: async () => {
      await navigate({ to: "/shop/products" });
    },
    forget: ["GET /v1/products/mine"],
  });
  const isPending = propose.isPending || archive.isPending || restore.isPending || remove.isPending;
  const canPropose = state === "draft" || state === "rejected";
  const words = state === "draft" || state === "rejected" || state === "archived" ? text[state] : undefined;
  const given = { type: "button", disabled: isPending } as const;
  return (
    <section className="panel">
      {words && (
        <p className="mb-4">
          {words}
          {product.reason !== null && <em className="mt-1 block">“{product.reason}”</em>}
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        {canPropose && (
          <button {...given} className="button button-primary" onClick={() => propose.mutate({ path })}>
            {text.propose}
          </button>
        )}
        {state === "published" && (
          <button {...given} className="button button-quiet" onClick={() => archive.mutate({ path })}>
            {text.archive}
          </button>
        )}
        {state === "archived" && (
          <button {...given} className="button button-primary" onClick={() => restore.mutate({ path })}>
            {text.restore}
          </button>
        )}
        {state !== "published" && state !== "proposed" && (
          <button
            {...given}
            className="button button-bad"
            onClick={() => remove.mutate({ path, ifMatch: product.version })}
          >
            {text.remove}
          </button>
        )}
      </div>
      <Refusal error={propose.error ?? archive.error ?? restore.error ?? remove.error} />
    </section>
  );
}
