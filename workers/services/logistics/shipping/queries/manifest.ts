import { requireShop } from "#kernel/actor";
import { Reply } from "#kernel/app";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Label } from "../domain/label.ts";
import { localTime } from "../domain/window.ts";
import { manifestQuery } from "../repository/labels.ts";
import type { ManifestQuery } from "../schemas.ts";

/** What a van takes in a day; a shop with more has a dock and a system of its own. */
const PARCELS_MAX = 2_000;
const COLUMNS = [
  "carrier",
  "service",
  "trackingNumber",
  "orderId",
  "receiver",
  "postalCode",
  "grams",
  "cash",
];

/** The parcels of a day by the market's calendar, to be signed for by whoever takes them. */
export async function readManifest(ctx: Ctx, { date, format }: ManifestQuery) {
  const sellerId = requireShop(ctx, "order:read");
  const noon = Date.parse(`${date}T12:00:00Z`);
  // A day begins somewhere within a day and a half around noon in London; the calendar says which are of it.
  const range = { from: noon - 1.5 * DAY_MS, until: noon + 1.5 * DAY_MS, limit: PARCELS_MAX };
  const [labels] = await ctx.db.load(manifestQuery(sellerId, range));
  const { timeZone } = ctx.market;
  const own = labels.filter(({ boughtAt }) => localTime(boughtAt ?? 0, timeZone).date === date).toReversed();
  const rows = own.map(rowOf);
  const name = `manifest-${date}.${format}`;
  const headers = {
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "private, no-store",
  };
  if (format === "csv") {
    const text = [COLUMNS, ...rows].map((row) => row.map(csvField).join(",")).join("\r\n");
    const body = new TextEncoder().encode(`${text}\r\n`);
    return new Reply(body, { headers: { ...headers, "content-type": "text/csv; charset=utf-8" } });
  }
  const { drawManifest } = await import("../commands/label/manifest.ts");
  const body = await drawManifest({ date, columns: COLUMNS, rows });
  return new Reply(body, { headers: { ...headers, "content-type": "application/pdf" } });
}

const rowOf = (label: Label): readonly string[] => [
  label.carrier,
  label.service,
  label.trackingNumber ?? "",
  label.orderId,
  label.receiver.name,
  label.receiver.postalCode,
  label.parcelGrams.toString(),
  label.cashMinor === null ? "" : `${label.currency} ${label.cashMinor}`,
];

/** A field that begins like a formula would be one in a spreadsheet. */
const csvField = (text: string): string => `"${text.replace(/^([=+\-@\t])/, "'$1").replaceAll('"', '""')}"`;
