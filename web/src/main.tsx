import "./styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import { plantSeeds, queryClient } from "./api/queries.ts";
import { router } from "./routes.tsx";
import { identity } from "./session/tokens.ts";

plantSeeds();
// What is somebody's own is left when he signs out, in this tab or in another.
identity.subscribe(() => void router.invalidate());
// The page's own code is there before the first HTML gives way to it: nothing moves and nothing blinks.
await router.load();
const app = document.getElementById("app");
if (app) {
  // In slices: a phone answers a finger between them.
  startTransition(() =>
    createRoot(app).render(
      <StrictMode>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </StrictMode>,
    ),
  );
}
