import { addressOf } from "#kernel/address";
import type { Ctx } from "#kernel/ctx";
import { fail } from "#kernel/errors";

/** Answers an address of our own API in the same isolate. */
export type Inside = (ctx: Ctx, request: Request) => Promise<Response>;

const AGAIN_SECONDS = 2;

type Seed = { readonly name: string; readonly address: string; readonly answer: unknown };
type Filling = Parameters<typeof addressOf>[1];

/** Where an entity has moved to, as its service says. */
export class Moved {
  readonly to: string;
  constructor(to: string) {
    this.to = to;
  }
  /** The same page of the thing that it is now. */
  pathFrom(path: string): string {
    const name = this.to.split("?", 1)[0]?.split("/").at(-1) ?? "";
    return `${path.slice(0, path.lastIndexOf("/"))}/${name}`;
  }
}

/**
 * What a page is made of. Everything that was read goes along with the page under the address that the
 * browser would ask for it by, so that the page lives on without a second request.
 */
export class Reading {
  readonly #ctx: Ctx;
  readonly #inside: Inside;
  readonly #origin: string;
  readonly #seeds: Seed[] = [];
  constructor(ctx: Ctx, inside: Inside, origin: string) {
    this.#ctx = ctx;
    this.#inside = inside;
    this.#origin = origin;
  }

  /** In one order, whichever answer came first: a document is known again by them. */
  get seeds(): readonly Seed[] {
    return this.#seeds.toSorted((a, b) => (a.address < b.address ? -1 : 1));
  }

  /**
   * Undefined when there is no such thing, or no such question. What cannot be read now is an error: a page
   * that said it does not exist would be dropped by whoever keeps a list of pages.
   */
  async read<T>(name: `GET ${string}`, filling: Filling = {}): Promise<T | undefined> {
    const address = addressOf(name, filling);
    const response = await this.#inside(this.#ctx, new Request(`${this.#origin}${address}`));
    const moved = response.status === 301 ? response.headers.get("location") : null;
    if (moved !== null) throw new Moved(moved);
    if (!response.ok) {
      await response.body?.cancel();
      if (response.status === 400 || response.status === 404) return undefined;
      throw fail("unavailable", { retryAfter: Number(response.headers.get("retry-after") ?? AGAIN_SECONDS) });
    }
    const answer = await response.json<T>();
    this.#seeds.push({ name, address, answer });
    return answer;
  }
}
