/** Where something is sent or comes from. What keeps it keeps a copy, and changes with no address book. */
export type Place = {
  readonly recipient: string;
  /** E.164. */
  readonly phone: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
  readonly region: string | null;
  readonly city: string;
  readonly district: string | null;
  readonly village: string | null;
  readonly postalCode: string;
  readonly line1: string;
  readonly line2: string | null;
  /** WGS 84; both or neither. */
  readonly latitude: number | null;
  readonly longitude: number | null;
};
