/** Mean radius of the Earth (IUGG), and what one degree of latitude is long. */
const EARTH_KM = 6_371.0088;
const KM_A_DEGREE = (Math.PI * EARTH_KM) / 180;

export type Circle = { readonly latitude: number; readonly longitude: number; readonly radiusKm: number };
export type Box = {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
};

/**
 * The smallest box of latitudes and longitudes around a circle: an index finds what is in it, and the exact
 * distance is reckoned for that alone. A box over the date line has its west east of its east; one that holds
 * a pole has every longitude.
 */
export function boxAround({ latitude, longitude, radiusKm }: Circle): Box {
  const reach = radiusKm / KM_A_DEGREE;
  const [south, north] = [latitude - reach, latitude + reach];
  if (south <= -90 || north >= 90) {
    return { south: Math.max(-90, south), north: Math.min(90, north), west: -180, east: 180 };
  }
  const radians = Math.PI / 180;
  const spread = Math.asin(Math.sin(radiusKm / EARTH_KM) / Math.cos(latitude * radians)) / radians;
  const wrap = (degrees: number) => ((((degrees + 180) % 360) + 360) % 360) - 180;
  if (spread >= 180) return { south, north, west: -180, east: 180 };
  return { south, north, west: wrap(longitude - spread), east: wrap(longitude + spread) };
}
