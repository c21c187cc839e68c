import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { SHOPS } from "../../drizzle/seed/catalogue/index.ts";
import type { Goods } from "../../drizzle/seed/goods.ts";

export type Wish = { readonly kind: Goods["kind"]; readonly colour: Goods["colours"][number] };
export type Painted = Wish & { readonly picture: Uint8Array };

const nameOf = ({ kind, colour }: Wish): string => `${kind} ${colour}`;
/** A product is shown in its first colour. */
export const wishOf = ({ kind, colours: [colour] }: Goods): Wish => ({ kind, colour });

/** All pictures of the catalogue, drawn once for every market; a picture is waited for where it is needed. */
export function startPainting() {
  const wishes = [
    ...new Map(SHOPS.flatMap(({ goods }) => goods.map(wishOf)).map((w) => [nameOf(w), w])).values(),
  ];
  const painted = new Map(wishes.map((wish) => [nameOf(wish), Promise.withResolvers<Uint8Array>()]));
  const painter = new Worker(fileURLToPath(new URL("./painter.ts", import.meta.url).href), {
    workerData: wishes,
  });
  painter.on("message", (one: Painted) => painted.get(nameOf(one))?.resolve(one.picture));
  painter.on("error", (error) => {
    for (const { promise, reject } of painted.values()) {
      promise.catch(() => undefined);
      reject(error);
    }
  });
  return {
    async pictureOf(wish: Wish): Promise<Uint8Array> {
      const picture = painted.get(nameOf(wish));
      if (!picture) throw new Error(`nobody painted ${nameOf(wish)}`);
      return picture.promise;
    },
    stop: () => painter.terminate(),
  };
}
export type Painter = ReturnType<typeof startPainting>;
