import type { Ctx } from "#kernel/ctx";
import { toMoneyDto } from "#kernel/money";
import { textIn } from "#kernel/texts";
import type { Listed } from "#services/catalog/search/index";
import type { Choice, Reason } from "../domain/compose.ts";
import type { Item, Recommendations } from "../schemas.ts";

const TEXTS: { readonly [R in Reason]: { readonly en: string; readonly id: string } } = {
  because_bought: { en: "Because you bought {title}", id: "Karena Anda membeli {title}" },
  because_carted: { en: "Because {title} is in your cart", id: "Karena {title} ada di keranjang Anda" },
  because_viewed: { en: "Because you viewed {title}", id: "Karena Anda melihat {title}" },
  popular: { en: "Popular", id: "Populer" },
  trending: { en: "On the rise", id: "Sedang naik" },
  new: { en: "New", id: "Baru" },
  bought_together: { en: "Bought together with {title}", id: "Dibeli bersama {title}" },
  also_viewed: { en: "Viewed by others who viewed {title}", id: "Dilihat juga oleh yang melihat {title}" },
  similar: { en: "Similar to {title}", id: "Mirip dengan {title}" },
};

type Shelf = ReadonlyMap<string, Listed>;

/** The items as a list shows them. */
export function toItems({ locale }: Pick<Ctx, "locale">, choices: readonly Choice[], shelf: Shelf): Item[] {
  return choices.flatMap((choice, position) => {
    const listed = shelf.get(choice.itemId);
    if (!listed) return [];
    const { productId, slug, imageKey, offerId, sellerId, priceMinor: minor, currency } = listed;
    const cause = choice.because === null ? undefined : shelf.get(choice.because);
    const title = cause ? textIn(cause.titles, locale) : "…";
    return {
      productId,
      slug,
      title: textIn(listed.titles, locale),
      imageKey,
      priceFrom: minor === null ? null : toMoneyDto({ minor, currency }),
      offerId,
      sellerId,
      position,
      reason: {
        code: choice.reason,
        text: TEXTS[choice.reason][locale].replace("{title}", () => title),
        productId: cause?.productId ?? null,
      },
      explored: choice.explored,
      propensity: choice.propensity,
    };
  });
}

type Answer = Pick<Recommendations, "slot" | "personalised" | "exploration" | "items">;

/** Each answer is an impression of its own, whatever it was made from. */
export const toAnswer = ({ ids }: Pick<Ctx, "ids">, answer: Answer): Recommendations => ({
  impressionId: ids.next("recommendation"),
  ...answer,
});
