import { CHAT_TEMPLATES } from "./chat-templates.ts";
import { DELIVERY_TEMPLATES } from "./delivery-templates.ts";
import { DIGITS_TEMPLATE } from "./digits-template.ts";
import { INTEGRATION_TEMPLATES } from "./integration-templates.ts";
import { LIVE_TEMPLATES } from "./live-templates.ts";
import { MONEY_TEMPLATES } from "./money-templates.ts";
import { OPERATION_TEMPLATES } from "./operation-templates.ts";
import { PARCEL_TEMPLATES } from "./parcel-templates.ts";
import { ORDER_TEMPLATES } from "./purchase-templates.ts";
import { REFUND_TEMPLATES } from "./refund-templates.ts";
import { SALE_TEMPLATES } from "./sale-templates.ts";
import { SECURITY_TEMPLATES } from "./security-templates.ts";
import { SHOP_TEMPLATES } from "./shop-templates.ts";
import type { Template } from "./template.ts";

/** Every template in every version that may still be queued. */
export const TEMPLATES: readonly Template[] = [
  ...SECURITY_TEMPLATES,
  ...ORDER_TEMPLATES,
  ...DELIVERY_TEMPLATES,
  DIGITS_TEMPLATE,
  ...SHOP_TEMPLATES,
  ...CHAT_TEMPLATES,
  ...SALE_TEMPLATES,
  ...LIVE_TEMPLATES,
  ...PARCEL_TEMPLATES,
  ...INTEGRATION_TEMPLATES,
  ...OPERATION_TEMPLATES,
  ...REFUND_TEMPLATES,
  ...MONEY_TEMPLATES,
];

/** The newest version, or the one that was queued. */
export function templateOf(name: string, version?: number): Template {
  const versions = TEMPLATES.filter((one) => one.name === name);
  const found =
    version === undefined
      ? versions.toSorted((a, b) => b.version - a.version)[0]
      : versions.find((one) => one.version === version);
  if (!found) throw new Error(`no template ${name} in version ${version ?? "any"}`);
  return found;
}
