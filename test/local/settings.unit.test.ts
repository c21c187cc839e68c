import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "../../local/settings.ts";

test("without variables the defaults hold", () => {
  expect(readSettings({})).toEqual({ port: 8_787, vars: {} });
  expect(readSettings({ PORT: "", DATA_DIR: "" })).toEqual({ port: 8_787, vars: {} });
});

test("what is set is taken over", () => {
  const settings = readSettings({
    PORT: "9000",
    DATA_DIR: "elsewhere",
    LOG_LEVEL: "info",
    RATE_LIMIT_ADDRESS: "500",
    RATE_LIMIT_KEY: "100000",
  });
  const vars = { LOG_LEVEL: "info", RATE_LIMIT_ADDRESS: "500", RATE_LIMIT_KEY: "100000" };
  expect(settings).toEqual({ port: 9_000, dataDir: resolve("elsewhere"), vars });
});

test.each([
  ["PORT", "http", "set a whole number from 1 to 65535."],
  ["PORT", "0", "set a whole number from 1 to 65535."],
  ["PORT", "70000", "set a whole number from 1 to 65535."],
  ["PORT", "1e3", "set a whole number from 1 to 65535."],
  ["RATE_LIMIT_ADDRESS", "-1", "set a whole number from 1 to 1000000000."],
  ["RATE_LIMIT_USER", "many", "set a whole number from 1 to 1000000000."],
  ["RATE_LIMIT_KEY", "0", "set a whole number from 1 to 1000000000."],
  ["LOG_LEVEL", "loud", "set one of debug, info, warn, error."],
])("%s=%s is refused in one line that says what to do", (name, value, advice) => {
  expect(() => readSettings({ [name]: value })).toThrow(new Error(`${name}=${value}: ${advice}`));
});
