import { lazy, Suspense, useCallback, useSyncExternalStore } from "react";
import { ApiError } from "../api/client.ts";
import { identity } from "./tokens.ts";

/** The API's word for: show once more that it is you. */
const ASKED = "auth.step_up_required";

/** One command waits for its proof; those that come meanwhile wait for the same one. */
type Waiting = { readonly proof: Promise<boolean>; readonly settle: (isProved: boolean) => void };
let waiting: Waiting | undefined;
const listeners = new Set<() => void>();

function become(next: Waiting | undefined): void {
  waiting = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function prove(): Promise<boolean> {
  if (waiting) return waiting.proof;
  const { promise: proof, resolve } = Promise.withResolvers<boolean>();
  become({
    proof,
    settle: (isProved) => {
      become(undefined);
      resolve(isProved);
    },
  });
  return proof;
}

// A proof is of the person who was asked for it: nobody repeats a command of another one.
identity.subscribe(() => waiting?.settle(false));

/**
 * Gives a command to run as somebody who has just shown who they are:
 * `useMutation({ mutationFn: (body) => stepUp(() => call("PUT /v1/auth/password", { body })) })`. Where the
 * API asks for it, a dialog does, and then the command is repeated; whoever closes it gets the refusal.
 */
export const useStepUp = () =>
  useCallback(async <T,>(command: () => Promise<T>): Promise<T> => {
    try {
      return await command();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== ASKED || !(await prove())) throw error;
      return command();
    }
  }, []);

const StepUpDialog = lazy(async () => {
  const part = await import("./step-up-dialog.tsx");
  return { default: part.StepUpDialog };
});

/** Stands once, beside every page. */
export function StepUp() {
  const asked = useSyncExternalStore(subscribe, () => waiting);
  if (!asked) return null;
  return (
    <Suspense fallback={null}>
      <StepUpDialog onDone={asked.settle} />
    </Suspense>
  );
}
