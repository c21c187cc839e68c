/**
 * Runs the tests once, all projects in one run so that one summary closes it.
 *
 *   npm test [-- <part of a file's name>...] [--project unit]
 *   npm run test:sim -- --seeds 20000        as many histories; SEED=... draws those of a failure again
 */

function takeOption(args: string[], name: string): string | undefined {
  const at = args.indexOf(name);
  if (at === -1) return undefined;
  const [, value] = args.splice(at, 2);
  if (value === undefined || value.startsWith("-")) throw new Error(`${name} needs a value`);
  return value;
}

const args = process.argv.slice(2);
const seeds = takeOption(args, "--seeds");
if (seeds !== undefined) {
  if (!/^[1-9]\d*$/.test(seeds)) throw new Error(`--seeds ${seeds} is not a number of histories`);
  process.env.SIM_SEEDS = seeds;
}

// The runner reads its arguments and sets the exit code itself; in this process it also hears Ctrl-C itself.
process.argv = [process.argv[0] ?? "node", "vitest", "run", ...args];
await import(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")).href);
