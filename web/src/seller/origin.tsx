import { useQuery } from "@tanstack/react-query";
import { type Answer, ApiError, type Input } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { market } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Rows } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    name: "Who hands the parcels over",
    phone: "Phone",
    line1: "Street and number",
    line2: "Floor, unit (optional)",
    district: "District",
    city: "City",
    region: "Province or region",
    postalCode: "Postal code",
    cutOff: "Until what hour do parcels leave on the same day?",
    cutOffHint: "0 to 24; leave it out to take the market's.",
    closed: "Closed on",
    save: "Save the pick-up address",
    saved: "Saved.",
  },
  id: {
    name: "Yang menyerahkan paket",
    phone: "Telepon",
    line1: "Jalan dan nomor",
    line2: "Lantai, unit (opsional)",
    district: "Kecamatan",
    city: "Kota",
    region: "Provinsi",
    postalCode: "Kode pos",
    cutOff: "Sampai pukul berapa paket berangkat di hari yang sama?",
    cutOffHint: "0 sampai 24; kosongkan untuk mengikuti pasar.",
    closed: "Tutup pada",
    save: "Simpan alamat penjemputan",
    saved: "Tersimpan.",
  },
});

/** A Sunday, from which the names of weekdays are counted as the API counts them. */
const SUNDAY = Date.UTC(2026, 10, 22);
const DAY_MS = 86_400_000;
const weekday = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" });
const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6].map((at) => weekday.format(SUNDAY + at * DAY_MS));

type Origin = Answer<"GET /v1/shipping/origin">;

function bodyOf(form: FormData, was: Origin | undefined): Input<"PUT /v1/shipping/origin">["body"] {
  const orNull = (name: string) => fieldOf(form, name) || null;
  const cutOff = fieldOf(form, "cutOff");
  return {
    address: {
      name: fieldOf(form, "name"),
      phone: fieldOf(form, "phone").replaceAll(/[\s-]/g, ""),
      country: was?.address.country ?? market.toUpperCase(),
      region: orNull("region"),
      city: fieldOf(form, "city"),
      district: orNull("district"),
      postalCode: fieldOf(form, "postalCode"),
      line1: fieldOf(form, "line1"),
      line2: orNull("line2"),
      latitude: was?.address.latitude ?? null,
      longitude: was?.address.longitude ?? null,
    },
    cutOffHour: cutOff === "" ? null : Number(cutOff),
    closedWeekdays: form.getAll("closed").map(Number),
    holidays: was?.holidays ?? [],
    couriers: was?.couriers ?? null,
  };
}

/** Where the shop's parcels are picked up; every label and every rate begins there. */
export function OriginForm({ onDone }: { readonly onDone?: () => void }) {
  const shop = useShop();
  const origin = useQuery(queryOf("GET /v1/shipping/origin", {}, shop));
  const save = useCommand("PUT /v1/shipping/origin", {
    forget: ["GET /v1/shipping/origin"],
    ...(onDone && { onDone }),
  });
  const isNone = origin.error instanceof ApiError && origin.error.code === "shipping.origin_missing";
  if (origin.isPending) return <Rows />;
  if (origin.error && !isNone) return <Refusal error={origin.error} />;
  const was = origin.data;
  return (
    <Form
      onSend={(form) => save.mutate({ body: bodyOf(form, was) })}
      submit={text.save}
      command={save}
      beside={
        <span role="status" className="text-good text-sm font-semibold">
          {save.isSuccess && text.saved}
        </span>
      }
    >
      <PlaceFields at={was?.address} bad={(name) => fieldError(save.error, `body.address.${name}`)} />
      <TextField
        label={text.cutOff}
        hint={text.cutOffHint}
        name="cutOff"
        type="number"
        min={0}
        max={24}
        defaultValue={was?.cutOffHour ?? ""}
      />
      <ClosedDays closed={was?.closedWeekdays ?? [0]} />
    </Form>
  );
}

type PlaceProps = {
  readonly at: Origin["address"] | undefined;
  readonly bad: (name: string) => string | undefined;
};

function PlaceFields({ at, bad }: PlaceProps) {
  const { about } = useShop();
  const given = (name: "name" | "line1" | "postalCode") => ({
    name,
    defaultValue: at?.[name],
    error: bad(name),
  });
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label={text.name} {...given("name")} required />
        <TextField
          label={text.phone}
          name="phone"
          type="tel"
          defaultValue={at?.phone ?? about.phone ?? ""}
          error={bad("phone")}
          required
        />
      </div>
      <TextField label={text.line1} {...given("line1")} required />
      <TextField label={text.line2} name="line2" defaultValue={at?.line2 ?? ""} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label={text.district} name="district" defaultValue={at?.district ?? ""} />
        <TextField
          label={text.city}
          name="city"
          defaultValue={at?.city ?? about.city}
          error={bad("city")}
          required
        />
        <TextField label={text.region} name="region" defaultValue={at?.region ?? ""} />
        <TextField label={text.postalCode} {...given("postalCode")} required />
      </div>
    </>
  );
}

const ClosedDays = ({ closed }: { readonly closed: readonly number[] }) => (
  <fieldset>
    <legend className="field-label">{text.closed}</legend>
    <div className="flex flex-wrap gap-x-4 gap-y-2">
      {WEEKDAYS.map((name, number) => (
        <label key={name} className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            name="closed"
            value={number}
            defaultChecked={closed.includes(number)}
            className="accent-brand size-4"
          />
          {name}
        </label>
      ))}
    </div>
  </fieldset>
);
