import { describe, expect, test } from "vitest";
import { quantileMs, routesOf } from "#platform/metrics/domain";

describe("rate, errors and duration of a route", () => {
  test("are of one market, the busiest route first, refusals beside failures", () => {
    const of = (cell: string, route: string, status: number, n: number) =>
      [`http_requests_total{cell="${cell}",route="${route}",status="${status}"}`, n] as const;
    const bucket = (route: string, le: string, n: number) =>
      [`http_request_seconds_bucket{cell="id",route="${route}",le="${le}"}`, n] as const;
    const found = routesOf(
      [
        of("id", "GET /v1/orders", 200, 6),
        of("id", "GET /v1/orders", 404, 3),
        of("id", "GET /v1/orders", 500, 1),
        of("sg", "GET /v1/orders", 200, 99),
        of("id", "GET /v1/carts/{cartId}", 200, 20),
        bucket("GET /v1/orders", "+Inf", 10),
        bucket("GET /v1/orders", "0.1", 9),
        bucket("GET /v1/orders", "0.05", 5),
        ['outbox_oldest_seconds{cell="id"}', 3],
      ],
      "id",
    );
    expect(found).toEqual([
      { route: "GET /v1/carts/{cartId}", requests: 20, refused: 0, failed: 0, p50Ms: null, p95Ms: null },
      { route: "GET /v1/orders", requests: 10, refused: 3, failed: 1, p50Ms: 50, p95Ms: 100 },
    ]);
  });

  test.each([
    ["nothing was asked", [], 0.5, null],
    ["all were within the first bound", [{ le: 0.01, count: 4 }], 0.5, 5],
    [
      "half way through a bucket",
      [
        { le: 0.1, count: 0 },
        { le: 0.2, count: 10 },
      ],
      0.5,
      150,
    ],
    [
      "beyond the last bound",
      [
        { le: 10, count: 1 },
        { le: Number.POSITIVE_INFINITY, count: 10 },
      ],
      0.95,
      10_000,
    ],
  ])("when %s", (_, buckets, quantile, ms) => {
    expect(quantileMs(buckets, quantile)).toBe(ms);
  });
});
