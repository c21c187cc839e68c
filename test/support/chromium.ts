import { accessSync, constants, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What `npx playwright-core install chromium` leaves behind. */
function installed(): readonly string[] {
  const cache = path.join(homedir(), ".cache/ms-playwright");
  try {
    const folders = readdirSync(cache).filter((name) => name.startsWith("chromium-"));
    return folders.map((name) => path.join(cache, name, "chrome-linux/chrome"));
  } catch {
    return [];
  }
}

/** CHROMIUM names one; else what is on PATH or in Playwright's cache; undefined when there is none. */
export function findChromium(): string | undefined {
  const { CHROMIUM, PATH = "" } = process.env;
  if (CHROMIUM) return CHROMIUM;
  const onPath = PATH.split(path.delimiter).flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  return [...onPath, ...installed()].find(isExecutable);
}

/** Root has no user namespace to put a sandbox into; the pages that tests open are our own. */
export const openBrowser = (executablePath: string, flags: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...flags],
  });

/** Cameras of moving test pictures, and microphones that beep; the pages of a call meet on this machine. */
export const CAMERA_FLAGS = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--allow-loopback-in-peer-connection",
  "--autoplay-policy=no-user-gesture-required",
];
