import { createContext, use } from "react";
import type { Answer } from "../api/client.ts";
import { market } from "../shell/page.ts";

type Membership = Answer<"GET /v1/sellers/mine">["items"][number];
export type Role = Membership["role"];

/** The shop that one works in, and what one may do there. */
export type Shop = {
  readonly seller: string;
  readonly about: Membership["seller"];
  readonly role: Role;
};

export const ShopContext = createContext<Shop | undefined>(undefined);

/** Below the seller centre's layout only, which gives it. */
export function useShop(): Shop {
  const shop = use(ShopContext);
  if (!shop) throw new Error("the seller centre's layout gives the shop");
  return shop;
}

/** Owners and managers; the API decides, this only leaves out what would be refused. */
export const mayManage = ({ role }: Shop): boolean => role !== "staff";
export const isOwner = ({ role }: Shop): boolean => role === "owner";

const CHOSEN = `titan.shop.${market}`;
export const chosenShop = (): string | null => localStorage.getItem(CHOSEN);
export const chooseShop = (seller: string): void => localStorage.setItem(CHOSEN, seller);
