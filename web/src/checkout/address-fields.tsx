import { texts } from "../shell/text.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { type AddressField, FIELDS, OPTIONAL } from "./address.ts";
import type { TypedAddress } from "./draft.ts";

const text = texts({
  en: {
    recipient: "Name of the recipient",
    phone: "Mobile number",
    line1: "Street and number",
    line2: "Building, floor, unit (optional)",
    village: "Village (optional)",
    district: "District",
    city: "City",
    region: "Province",
    postalCode: "Postal code",
  },
  id: {
    recipient: "Nama penerima",
    phone: "Nomor ponsel",
    line1: "Nama jalan dan nomor rumah",
    line2: "Gedung, lantai, unit (opsional)",
    village: "Kelurahan/desa (opsional)",
    district: "Kecamatan",
    city: "Kota/kabupaten",
    region: "Provinsi",
    postalCode: "Kode pos",
  },
});

/** How browsers name what they know of a person's address. */
const KNOWN: { readonly [F in AddressField]: string } = {
  recipient: "shipping name",
  phone: "shipping tel",
  line1: "shipping address-line1",
  line2: "shipping address-line2",
  village: "shipping address-level4",
  district: "shipping address-level3",
  city: "shipping address-level2",
  region: "shipping address-level1",
  postalCode: "shipping postal-code",
};
const WIDE: ReadonlySet<AddressField> = new Set(["line1", "line2"]);

type Props = {
  readonly typed: TypedAddress;
  readonly onType: (field: AddressField, value: string) => void;
  readonly error: unknown;
  /** Where the API has these fields: `body.address.`. */
  readonly path: string;
};

/** The fields that the market's addresses have. */
export const AddressFields = ({ typed, onType, error, path }: Props) => (
  <div className="grid gap-4 sm:grid-cols-2">
    {FIELDS.map((field) => (
      <div key={field} className={WIDE.has(field) ? "sm:col-span-2" : ""}>
        <TextField
          label={text[field]}
          name={field}
          type={field === "phone" ? "tel" : "text"}
          inputMode={field === "phone" ? "tel" : undefined}
          autoComplete={KNOWN[field]}
          required={!OPTIONAL.has(field)}
          maxLength={WIDE.has(field) ? 200 : 100}
          value={typed[field] ?? ""}
          error={fieldError(error, `${path}${field}`)}
          onChange={(event) => onType(field, event.target.value)}
        />
      </div>
    ))}
  </div>
);
