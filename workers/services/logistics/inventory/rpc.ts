import * as z from "zod";
import { zId } from "#kernel/ids";
import { anyOf, open, seller, service } from "#kernel/policy";
import { newRpc, rpcMethod } from "#kernel/rpc";
import { InventoryService } from "#proto/inventory/v1/inventory_pb";
import { addLocation } from "./commands/locations.ts";
import { adjustStock, setLevels } from "./commands/stock.ts";
import { showAvailability } from "./queries/availability.ts";
import { getLevels, listLevels, listLocations } from "./queries/lists.ts";
import {
  AVAILABILITY_MAX,
  zAdjust,
  zAvailability,
  zDone,
  zLevelPage,
  zLevelQuery,
  zLevels,
  zLocation,
  zLocations,
  zNewLocation,
  zOfferRef,
  zSetLevels,
} from "./schemas.ts";

const reads = anyOf(seller("inventory:read"), service("inventory:write"));
const writes = anyOf(seller("inventory:write"), service("inventory:write"));

export const rpc = newRpc(InventoryService, {
  getAvailability: rpcMethod({
    policy: open,
    input: z.object({ offerIds: z.array(zId("offer")).min(1).max(AVAILABILITY_MAX) }),
    output: zAvailability,
    run: async (ctx, { offerIds }) => showAvailability(ctx, offerIds),
  }),
  getLevels: rpcMethod({
    policy: reads,
    input: zOfferRef,
    output: zLevels,
    run: async (ctx, input) => ({ items: await getLevels(ctx, input) }),
  }),
  listLevels: rpcMethod({
    policy: reads,
    input: zLevelQuery,
    output: zLevelPage,
    run: (ctx, input) => listLevels(ctx, input),
  }),
  setLevels: rpcMethod({
    policy: writes,
    input: zSetLevels,
    output: zDone,
    idempotency: "required",
    run: (ctx, input) => setLevels(ctx, input),
  }),
  adjustStock: rpcMethod({
    policy: writes,
    input: zAdjust,
    output: zDone,
    idempotency: "required",
    run: (ctx, input, { idempotencyKey }) => adjustStock(ctx, { ...input, idempotencyKey }),
  }),
  listLocations: rpcMethod({
    policy: reads,
    input: z.object({}),
    output: zLocations,
    run: async (ctx) => ({ items: await listLocations(ctx) }),
  }),
  addLocation: rpcMethod({
    policy: seller("inventory:write"),
    input: zNewLocation,
    output: zLocation,
    idempotency: "required",
    run: (ctx, input) => addLocation(ctx, input),
  }),
});
