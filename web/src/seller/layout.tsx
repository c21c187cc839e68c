import { useQuery } from "@tanstack/react-query";
import { useMatchRoute } from "@tanstack/react-router";
import { useState } from "react";
import { queryOf } from "../api/queries.ts";
import { useIsSignedIn } from "../session/session.ts";
import { texts } from "../shell/text.ts";
import { Workspace } from "../shell/workspace.tsx";
import { Loaded, Rows } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import { ApplyPage } from "./apply.tsx";
import { placesOf } from "./places.ts";
import { chooseShop, chosenShop, type Shop, ShopContext } from "./shop.ts";
import { sellerState, sellerTone } from "./states.ts";

const text = texts({
  en: { label: "Seller centre", shop: "Shop" },
  id: { label: "Pusat penjual", shop: "Toko" },
});

/** Finds out whose shop one works in; who has none is shown how to open one. */
export function SellerLayout() {
  const mine = useQuery(queryOf("GET /v1/sellers/mine", {}));
  const isSignedIn = useIsSignedIn();
  const [chosen, setChosen] = useState(chosenShop);
  const opening = useMatchRoute()({ to: "/shop/open" });
  // Whoever signs out sees nothing of his shop any more, also while the way to the sign-in is on.
  if (!isSignedIn) return null;
  return (
    <Loaded query={mine} skeleton={<Rows count={4} />}>
      {({ items }) => {
        const one = items.find(({ seller }) => seller.id === chosen) ?? items[0];
        if (!one || opening) return <ApplyPage />;
        const shop: Shop = { seller: one.seller.id, about: one.seller, role: one.role };
        const choose = (seller: string) => {
          chooseShop(seller);
          setChosen(seller);
        };
        return (
          <ShopContext value={shop} key={shop.seller}>
            <Workspace
              label={text.label}
              places={placesOf(shop)}
              head={<Head shop={shop} shops={items.map(({ seller }) => seller)} choose={choose} />}
            />
          </ShopContext>
        );
      }}
    </Loaded>
  );
}

type HeadProps = {
  readonly shop: Shop;
  readonly shops: readonly Shop["about"][];
  readonly choose: (seller: string) => void;
};

function Head({ shop, shops, choose }: HeadProps) {
  const { about } = shop;
  return (
    <div className="mb-4 flex items-center justify-between gap-3 lg:flex-col lg:items-stretch lg:px-3">
      {shops.length > 1 ? (
        <select
          className="input font-bold max-lg:w-auto max-lg:max-w-56"
          aria-label={text.shop}
          value={about.id}
          onChange={(event) => choose(event.target.value)}
        >
          {shops.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      ) : (
        <strong className="truncate text-base">{about.name}</strong>
      )}
      <span className="flex items-center gap-3">
        <Tag tone={sellerTone[about.state]}>{sellerState[about.state]}</Tag>
      </span>
    </div>
  );
}
