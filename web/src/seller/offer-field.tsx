import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../api/queries.ts";
import { money } from "../shell/text.ts";
import { SelectField } from "../ui/field.tsx";
import { useShop } from "./shop.ts";

type Props = {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly onChoose?: (offerId: string) => void;
};
/** The newest offers; a shop with more of them finds the rest on the product's page. */
const SHOWN = 100;

/** One of the shop's offers on sale, by its SKU. */
export function OfferField({ onChoose, ...given }: Props) {
  const query = { state: "active", limit: SHOWN } as const;
  const offers = useQuery(queryOf("GET /v1/offers", { query }, useShop()));
  return (
    <SelectField
      {...given}
      required
      {...(onChoose && { onChange: ({ target }: { target: { value: string } }) => onChoose(target.value) })}
    >
      <option value="" />
      {offers.data?.items.map(({ id, sku, price }) => (
        <option key={id} value={id}>
          {sku} ({money(price)})
        </option>
      ))}
    </SelectField>
  );
}
