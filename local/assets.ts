import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FILE_LIST, fileHeaders } from "../workers/kernel/answer-headers.ts";
import { buildPages } from "./pages.ts";
import { ROOT } from "./runtime.ts";

const ASSETS = join(ROOT, "dist/assets");
const REFERENCE_FILES = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"];

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Titan Commerce API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
/** No inline script: the page's policy allows our own files and nothing else. */
const START = `SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#reference", deepLinking: true, docExpansion: "none",
  tagsSorter: "alpha", filter: true, validatorUrl: null });
`;

/** What the edge adds to the files that it serves without asking the Worker. */
export function edgeHeaders(): string {
  const line = ([name, value]: readonly [string, string]) => `  ${name}: ${value}`;
  const { "cache-control": cache = "" } = fileHeaders(FILE_LIST);
  const lines = Object.entries(fileHeaders("/a/x")).map(line);
  // What two rules say of a header is joined, so the first one's is taken away.
  return ["/a/*", ...lines, FILE_LIST, "  ! cache-control", line(["cache-control", cache]), ""].join("\n");
}

/** What the Worker serves as static assets: the pages' files, the API reference and its document. */
export async function buildAssets(): Promise<void> {
  const reference = join(ASSETS, "docs");
  await mkdir(reference, { recursive: true });
  await buildPages();
  const source = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));
  await Promise.all([
    ...REFERENCE_FILES.map((file) => copyFile(join(source, file), join(reference, file))),
    writeFile(join(reference, "index.html"), PAGE),
    writeFile(join(reference, "start.js"), START),
    writeFile(join(ASSETS, "_headers"), edgeHeaders()),
    copyFile(join(ROOT, "docs/openapi.json"), join(ASSETS, "openapi.json")),
  ]);
}
