import { expect, test } from "vitest";
import { z } from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { anyOf, buyer, open, seller } from "#kernel/policy";
import { describeApi, findBadExamples } from "../scripts/openapi/document.ts";

type Json = { [key: string]: Json };

const zPrice = z.object({ minor: z.string() }).meta({ id: "TestPrice" });
const zThing = z.object({ id: z.string(), price: zPrice, tags: z.array(z.string()).default([]) });

z.globalRegistry.add(zThing, { id: "TestThing" });
const zRef = z.object({ thingId: z.string().min(3) });

const app = (example: { readonly [field: string]: unknown }) =>
  newApp("/v1/things")
    .route(
      defineRoute({
        method: "get",
        path: "",
        summary: "Things.",
        policy: open,
        request: { query: z.object({ limit: z.coerce.number().int().max(100).default(20) }) },
        responses: { 200: z.object({ items: z.array(zThing) }) },
        example: { limit: 10 },
      }),
      async () => ({ items: [] }),
    )
    .route(
      defineRoute({
        method: "put",
        path: "/{thingId}",
        summary: "Change a thing.",
        policy: anyOf(buyer, seller("product:write")),
        request: { params: zRef, body: zThing },
        responses: { 200: zThing },
        idempotency: "required",
        concurrency: "if-match",
        example,
      }),
      async () => ({ id: "x", price: { minor: "1" }, tags: [] }),
    );
const EXAMPLE = { thingId: "thing_1", id: "thing_1", price: { minor: "1" } };
const describeThings = () => describeApi([{ app: app(EXAMPLE), isPlatform: false }], "1.0.0") as Json;

test("every reference leads somewhere", () => {
  const document = describeThings();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, at = ""]) => at);
  expect(references.length).toBeGreaterThan(10);
  for (const at of references) {
    expect(
      at.split("/").reduce<Json | undefined>((node, key) => node?.[key], document),
      at,
    ).toBeDefined();
  }
});

test("what is sent may leave out what has a default; what is answered has it", () => {
  const { schemas } = describeThings().components as Json;
  expect(schemas?.TestThing?.required).toEqual(["id", "price", "tags"]);
  expect(schemas?.TestThingInput?.required).toEqual(["id", "price"]);
  expect(schemas?.TestPriceInput).toBeUndefined();
});

test("a route's demands are its parameters and its refusals", () => {
  const put = describeThings().paths?.["/v1/things/{thingId}"]?.put as Json;
  const names = (put.parameters as unknown as Json[]).map((one) => one.name ?? one.$ref);
  expect(names).toEqual([
    "thingId",
    "#/components/parameters/Market",
    "#/components/parameters/IdempotencyKey",
    "#/components/parameters/IfMatch",
  ]);
  const statuses = Object.keys(put.responses ?? {});
  for (const status of ["200", "400", "403", "404", "412", "422", "428"]) expect(statuses).toContain(status);
  expect(put.security).toEqual([{ bearer: [] }]);
  expect(put.description).toBe(
    "For a person who is signed in, or a member of the shop with `product:write`.",
  );
  const get = describeThings().paths?.["/v1/things"]?.get as Json;
  expect(get.security).toEqual([]);
  expect(Object.keys(get.responses ?? {})).not.toContain("403");
});

test("an example that its route would refuse is found", () => {
  expect(findBadExamples([{ app: app(EXAMPLE), isPlatform: false }])).toEqual([]);
  const [bad] = findBadExamples([{ app: app({ ...EXAMPLE, thingId: "t" }), isPlatform: false }]);
  expect(bad).toMatch(/^put \/v1\/things\/\{thingId\}: example, params.thingId: /);
});
