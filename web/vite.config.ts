import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/**
 * The pages' scripts and styles, below /a/ and named by their content. There is no index.html: the Worker
 * writes each page's first HTML and finds the files by the manifest (workers/platform/storefront).
 */
export default defineConfig({
  root: import.meta.dirname,
  base: "/a/",
  publicDir: false,
  logLevel: "warn",
  plugins: [react(), tailwind()],
  build: {
    target: "es2023",
    outDir: "../dist/assets/a",
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    rolldownOptions: { input: "src/main.tsx" },
  },
});
