import * as z from "zod";
import { buyer } from "#kernel/policy";
import { newRpc, rpcMethod } from "#kernel/rpc";
import { UserService } from "#proto/user/v1/user_pb";
import { addAddress, patchMe, removeAddress } from "./commands.ts";
import { getAddress, getMe, listAddresses } from "./queries.ts";
import {
  toAddressDto,
  toProfileDto,
  zAddresses,
  zAddressRef,
  zPatchProfile,
  zProfile,
  zPutAddress,
  zSavedAddress,
} from "./schemas.ts";

const zVersion = z.int().min(1);

export const rpc = newRpc(UserService, {
  getMe: rpcMethod({
    policy: buyer,
    input: z.object({}),
    output: zProfile,
    run: async (ctx) => toProfileDto(await getMe(ctx), ctx.market),
  }),
  updateMe: rpcMethod({
    policy: buyer,
    input: zPatchProfile.extend({ version: zVersion }),
    output: zProfile,
    run: async (ctx, { version, ...change }) =>
      toProfileDto(await patchMe(ctx, { ...change, ifMatch: version }), ctx.market),
  }),
  listAddresses: rpcMethod({
    policy: buyer,
    input: z.object({}),
    output: zAddresses,
    run: async (ctx) => ({ items: (await listAddresses(ctx)).map(toAddressDto), nextCursor: null }),
  }),
  getAddress: rpcMethod({
    policy: buyer,
    input: zAddressRef,
    output: zSavedAddress,
    run: async (ctx, input) => toAddressDto(await getAddress(ctx, input)),
  }),
  addAddress: rpcMethod({
    policy: buyer,
    input: zPutAddress,
    output: zSavedAddress,
    run: async (ctx, input) => toAddressDto(await addAddress(ctx, input)),
  }),
  removeAddress: rpcMethod({
    policy: buyer,
    input: zAddressRef,
    output: z.null(),
    run: (ctx, input) => removeAddress(ctx, input),
  }),
});
