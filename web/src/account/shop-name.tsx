import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queryOf } from "../api/queries.ts";

const KEPT_MS = 10 * 60_000;

export const useShop = (sellerId: string) =>
  useQuery({
    ...queryOf("GET /v1/sellers/{idOrSlug}", { path: { idOrSlug: sellerId } }),
    staleTime: KEPT_MS,
  });

/** Who sold it; its line is kept free until the name is read. */
export function ShopName({ sellerId }: { readonly sellerId: string }) {
  const { data } = useShop(sellerId);
  return <span className="inline-block min-h-[1lh] min-w-24 font-semibold">{data?.name}</span>;
}

export function ShopLink({ sellerId }: { readonly sellerId: string }) {
  const { data } = useShop(sellerId);
  if (!data) return <ShopName sellerId={sellerId} />;
  return (
    <Link className="hover:text-brand font-semibold" to="/shops/$slug" params={{ slug: data.slug }}>
      {data.name}
    </Link>
  );
}
