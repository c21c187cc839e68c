/** Pages that are somebody's own, or that only the browser fills: their first HTML is an empty frame. */
export const FRAMES: readonly string[] = [
  "/cart",
  "/sign-in",
  "/account",
  "/account/*",
  "/shop",
  "/shop/*",
  "/operator",
  "/operator/*",
];
