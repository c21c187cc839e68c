import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** What so many parts of the pages have in common is one file. */
const SHARED_BY_MANY = 12;

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
    rolldownOptions: {
      input: "src/main.tsx",
      // A file each, they were forty for a first page, and larger together.
      output: { codeSplitting: { groups: [{ name: "base", minShareCount: SHARED_BY_MANY }] } },
    },
  },
});
