export type Point = { readonly latitude: number; readonly longitude: number };

const EARTH_METERS = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Along the great circle (haversine): exact enough by far for a door or a town. */
export function metersBetween(a: Point, b: Point): number {
  const [from, to] = [radians(a.latitude), radians(b.latitude)];
  const up = Math.sin((to - from) / 2) ** 2;
  const across = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * EARTH_METERS * Math.asin(Math.min(1, Math.sqrt(up + Math.cos(from) * Math.cos(to) * across)));
}

/** A fix worse than this says nothing about a door. */
const ACCURACY_METERS_MAX = 250;

/** Inside for certain: the whole circle of the fix's uncertainty lies within, as far as it can be told. */
export function isWithin(fence: Fence, point: Point, accuracyMeters: number): boolean {
  if (accuracyMeters > ACCURACY_METERS_MAX) return false;
  return metersBetween(fence.centre, point) + accuracyMeters / 2 <= fence.radiusMeters;
}

export type Fence = { readonly centre: Point; readonly radiusMeters: number };
