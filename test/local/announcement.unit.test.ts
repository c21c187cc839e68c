import { expect, test } from "vitest";
import { announce } from "../../local/announcement.ts";

const ADDRESSES = {
  url: "http://127.0.0.1:8787",
  mailUrl: "http://127.0.0.1:1",
  midtransUrl: "http://127.0.0.1:2",
  stripeUrl: "http://127.0.0.1:3",
  biteshipUrl: "http://127.0.0.1:4",
  easypostUrl: "http://127.0.0.1:5",
};
const announced = (redisBackend: "built-in" | "redis-server", streamUrl?: string) =>
  announce({
    platform: { ...ADDRESSES, engines: { redisBackend }, ...(streamUrl && { streamUrl }) },
    dataDir: ".data",
    logins: ["operator     operator@titan.example"],
  });

test("a start names every page, engine's page and login", () => {
  const words = announced("redis-server", "http://127.0.0.1:6").split(/\s+/);
  const { url: _, ...pages } = ADDRESSES;
  const paths = [
    "",
    "/en",
    "/shop",
    "/operator",
    "/v1",
    "/docs",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
  ];
  const own = paths.map((path) => `http://localhost:8787${path}`);
  expect(words).toEqual(expect.arrayContaining([...own, ...Object.values(pages), "http://127.0.0.1:6"]));
  expect(words).toEqual(expect.arrayContaining(["operator@titan.example", ".data/."]));
});

test("it says so in one line when the built-in Redis serves, and names no video where there is none", () => {
  expect(announced("built-in").split("\n")).toContain(
    "  No redis-server or valkey-server on PATH: the built-in engine serves.",
  );
  expect(announced("redis-server")).not.toContain("built-in");
  expect(announced("redis-server")).not.toContain("Live video");
});
