import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { count, money, texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { Loaded, Rows } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useTakeLines } from "./cart-state.ts";

const text = texts({
  en: {
    title: "A cart that was shared with you",
    take: "Put all of it into my cart",
    gone: "No longer sold",
  },
  id: {
    title: "Keranjang yang dibagikan kepada Anda",
    take: "Masukkan semua ke keranjang saya",
    gone: "Tidak dijual lagi",
  },
});

const route = getRouteApi("/cart/shared/$token");

export function SharedCartPage() {
  useTitle(text.title);
  const { token } = route.useParams();
  const shared = useQuery(queryOf("GET /v1/carts/shared/{token}", { path: { token } }));
  return (
    <section className="mx-auto max-w-2xl">
      <h1 className="page-title">{text.title}</h1>
      <Loaded query={shared} skeleton={<Rows />}>
        {({ lines }) => <Shown lines={lines} />}
      </Loaded>
    </section>
  );
}

function Shown({ lines }: { readonly lines: Schemas["SharedCart"]["lines"] }) {
  const navigate = useNavigate();
  const take = useTakeLines();
  const wanted = lines.flatMap(({ offerId, quantity, unitPrice }) =>
    unitPrice === null || quantity < 1 ? [] : [{ offerId, quantity }],
  );
  return (
    <>
      <ul className="panel divide-line mb-4 divide-y py-2">
        {lines.map((line) => (
          <li key={line.offerId} className="flex justify-between gap-4 py-3">
            <span className="min-w-0">
              {line.slug === null ? (
                <span className="text-muted">{text.gone}</span>
              ) : (
                <Link className="font-semibold" to="/products/$slug" params={{ slug: line.slug }}>
                  {line.title}
                </Link>
              )}
              <span className="text-muted block text-sm">
                {[line.variantLabel, `${count(line.quantity)} ×`].filter(Boolean).join(" · ")}
              </span>
            </span>
            <span className="tabular-nums">{line.unitPrice && money(line.unitPrice)}</span>
          </li>
        ))}
      </ul>
      <Refusal error={take.error} />
      <button
        type="button"
        className="button button-primary"
        disabled={take.isPending || wanted.length === 0}
        onClick={() => take.mutate(wanted, { onSuccess: () => void navigate({ to: "/cart" }) })}
      >
        {text.take}
      </button>
    </>
  );
}
