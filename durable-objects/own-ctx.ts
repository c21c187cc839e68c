import type { Clock } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { cellOf } from "./stubs.ts";

type Engines = Pick<typeof import("#kernel/open-ctx"), "openSystemCtx"> &
  Pick<typeof import("#kernel/outbox"), "appendOnce">;
let loaded: Engines | undefined;

/**
 * Loaded at first use: the clients of the engines are most of what starting an isolate costs. Kept by value,
 * since an import() gives up the isolate even when the module is there.
 */
export async function loadEngines(): Promise<Engines> {
  if (loaded) return loaded;
  const [{ openSystemCtx }, { appendOnce }] = await Promise.all([
    import("#kernel/open-ctx"),
    import("#kernel/outbox"),
  ]);
  loaded = { openSystemCtx, appendOnce };
  return loaded;
}

/** What an object reaches the rest of the platform with: its own cell's engines, as the system. */
export async function openOwnCtx(object: DurableObjectState, env: Env, clock: Clock): Promise<Ctx> {
  const { openSystemCtx } = await loadEngines();
  const defer = (work: Promise<unknown>) => object.waitUntil(work);
  return openSystemCtx(env, cellOf(object), { defer, clock });
}
