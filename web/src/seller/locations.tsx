import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    intro: "Orders are taken from the location with the lowest number first.",
    name: "Name",
    priority: "Number",
    save: "Save",
    close: "Close",
    open: "Open a location",
    fresh: "A new location",
  },
  id: {
    intro: "Pesanan diambil lebih dulu dari lokasi bernomor terkecil.",
    name: "Nama",
    priority: "Nomor",
    save: "Simpan",
    close: "Tutup",
    open: "Buka lokasi",
    fresh: "Lokasi baru",
  },
});
type Location = Answer<"GET /v1/inventory/locations">["items"][number];
const READS = ["GET /v1/inventory/locations"] as const;

/** Where the shop's goods lie. */
export function LocationsPanel() {
  const locations = useQuery(queryOf("GET /v1/inventory/locations", {}, useShop()));
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{text.intro}</p>
      <Loaded query={locations}>
        {({ items }) => (
          <>
            {items.map((location) => (
              <LocationForm key={`${location.id}${location.version}`} location={location} />
            ))}
            <NewLocation key={items.length} />
          </>
        )}
      </Loaded>
    </div>
  );
}

const fieldsOf = (form: FormData) => ({
  name: fieldOf(form, "name"),
  priority: Number(fieldOf(form, "priority")),
});

function LocationForm({ location }: { readonly location: Location }) {
  const path = { locationId: location.id };
  const save = useCommand("PATCH /v1/inventory/locations/{locationId}", { forget: READS });
  const close = useCommand("DELETE /v1/inventory/locations/{locationId}", { forget: READS });
  return (
    <Form
      className="panel"
      onSend={(form) => save.mutate({ path, body: fieldsOf(form), ifMatch: location.version })}
      submit={text.save}
      command={save}
      beside={
        <button
          type="button"
          className="button button-bad"
          disabled={close.isPending}
          onClick={() => close.mutate({ path })}
        >
          {text.close}
        </button>
      }
    >
      <Fields was={location} error={save.error} />
      <Refusal error={close.error} />
    </Form>
  );
}

function NewLocation() {
  const open = useCommand("POST /v1/inventory/locations", { forget: READS });
  return (
    <Form
      className="panel"
      onSend={(form) => open.mutate({ body: fieldsOf(form) })}
      submit={text.open}
      command={open}
    >
      <h2 className="text-lg font-bold">{text.fresh}</h2>
      <Fields error={open.error} />
    </Form>
  );
}

type FieldsProps = { readonly was?: Location; readonly error: unknown };
const Fields = ({ was, error }: FieldsProps) => (
  <div className="grid grid-cols-[minmax(0,1fr)_6rem] gap-3">
    <TextField
      label={text.name}
      name="name"
      defaultValue={was?.name}
      error={fieldError(error, "body.name")}
      required
    />
    <TextField
      label={text.priority}
      name="priority"
      type="number"
      min={0}
      defaultValue={was?.priority ?? 0}
      error={fieldError(error, "body.priority")}
      required
    />
  </div>
);
