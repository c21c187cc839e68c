import { expect, test } from "vitest";
import { newIntents } from "../../web/src/api/intent.ts";
import { ownPath } from "../../web/src/session/own-path.ts";
import { countPersons, type Identity, isSomebodyElse } from "../../web/src/session/person.ts";

/** What a call of the API fails with. */
const refusal = (status: number, retryAfter?: number) =>
  Object.assign(new Error("refused"), { name: "ApiError", status, retryAfter });

test.for<readonly [what: string, answer: Error | undefined, isSameKey: boolean]>([
  ["a lost answer", refusal(0), true],
  ["an answer of a server that is down", refusal(503), true],
  ["one that was told to wait", refusal(409, 1), true],
  ["what nobody expected", new TypeError("broken"), true],
  ["a refusal, which is kept under its key", refusal(409), false],
  ["an answer: the same again is wanted again", undefined, false],
])("after %s the same command has the same key: %s", async ([, answer, isSameKey]) => {
  const once = newIntents();
  const keys: string[] = [];
  const send = (key: string) => {
    keys.push(key);
    return answer ? Promise.reject(answer) : Promise.resolve("done");
  };
  await once({ amountMinor: "100" }, send).catch(() => undefined);
  await once({ amountMinor: "100" }, send).catch(() => undefined);
  expect(keys).toHaveLength(2);
  expect(keys[0] === keys[1]).toBe(isSameKey);
});

test("pressing twice before there is an answer is one intent; another wish is another", async () => {
  const once = newIntents();
  const keys: string[] = [];
  const { promise: answered, resolve } = Promise.withResolvers<undefined>();
  const send = (key: string) => {
    keys.push(key);
    return answered;
  };
  const sent = [once("a", send), once("a", send), once("b", send)];
  resolve(undefined);
  await Promise.all(sent);
  const [first, second, other] = keys;
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});

test("the end of one wish leaves the key of the next one to be repeated", async () => {
  const once = newIntents();
  const { promise: answered, resolve } = Promise.withResolvers<string>();
  const first = once("a", () => answered);
  const keys: string[] = [];
  const lose = (key: string) => {
    keys.push(key);
    return Promise.reject(refusal(0));
  };
  await once("b", lose).catch(() => undefined);
  resolve("done");
  await first;
  await once("b", lose).catch(() => undefined);
  expect(keys[0]).toBe(keys[1]);
});

test.for([
  ["/account/orders?state=paid#top", "/account/orders?state=paid#top"],
  ["/", "/"],
  ["//evil.example/x", undefined],
  ["/\\evil.example", undefined],
  ["/\t/evil.example", undefined],
  ["/\n\\evil.example", undefined],
  ["/.//evil.example", undefined],
  ["https://evil.example/", undefined],
  ["javascript:alert(1)", undefined],
  ["account", undefined],
  ["", undefined],
  [7, undefined],
] as const)("a sign-in leads on to a path of the storefront and nowhere else: %j", ([given, path]) => {
  expect(ownPath(given)).toBe(path);
});

const user = (userId: string): Identity => ({ kind: "user", userId });
const nobody: Identity = { kind: "visitor" };

test("a page begins anew for another person, and for nobody else", () => {
  const personOf = countPersons();
  const seen = [{ kind: "unknown" } as const, user("a"), nobody, user("a"), nobody, user("b"), user("a")];
  expect(seen.map(personOf)).toEqual([1, 1, 1, 1, 1, 2, 3]);
});

test("what one person asked for is not sent in the name of another", () => {
  expect(isSomebodyElse(user("a"), user("b"))).toBe(true);
  expect(isSomebodyElse(user("a"), user("a"))).toBe(false);
  // A session that ended is refused by the API, and whoever is not known yet becomes somebody.
  expect(isSomebodyElse(user("a"), nobody)).toBe(false);
  expect(isSomebodyElse({ kind: "unknown" }, user("a"))).toBe(false);
  expect(isSomebodyElse(nobody, user("a"))).toBe(false);
});
