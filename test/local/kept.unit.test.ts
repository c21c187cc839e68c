import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Built } from "../../local/worker/kept.ts";
import { keep, readKept } from "../../local/worker/kept.ts";
import { scratchDirectory } from "../support/scratch.ts";

const built: Built = {
  modules: [{ type: "CompiledWasm", path: "a.wasm", contents: new Uint8Array([0, 97, 115, 109]) }],
  modulesRoot: "/",
  workerOptions: {} as Built["workerOptions"],
};

function sources() {
  const { directory, remove } = scratchDirectory("kept");
  onTestFinished(remove);
  const source = join(directory, "source.ts");
  writeFileSync(source, "export {};");
  return { source, absent: join(directory, ".dev.vars"), file: join(directory, "worker.kept") };
}
const LATER = () => Date.now() + 1_000;

test("a Worker that nothing has changed since is not built again", () => {
  const { source, absent, file } = sources();
  expect(readKept(file)).toBeUndefined();
  keep(built, [source, absent], LATER(), file);
  expect(readKept(file)).toEqual(built);
});

test.each([
  ["a source is written", ({ source }: ReturnType<typeof sources>) => writeFileSync(source, "export { };")],
  ["a source is gone", ({ source }: ReturnType<typeof sources>) => rmSync(source)],
  ["a file appears", ({ absent }: ReturnType<typeof sources>) => writeFileSync(absent, "A=1")],
  ["what was kept is cut short", ({ file }: ReturnType<typeof sources>) => writeFileSync(file, "half")],
])("it is built again when %s", (_, change) => {
  const given = sources();
  keep(built, [given.source, given.absent], LATER(), given.file);
  change(given);
  expect(readKept(given.file)).toBeUndefined();
});

test("nothing is kept of a build during which a source was written", () => {
  const { source, file } = sources();
  keep(built, [source], Date.now() - 1_000, file);
  expect(readKept(file)).toBeUndefined();
});
