import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client.ts";
import { forgetReads, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { labelLines, toAddress, toTyped } from "../checkout/address.ts";
import { AddressFields } from "../checkout/address-fields.tsx";
import type { TypedAddress } from "../checkout/draft.ts";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, TextField } from "../ui/field.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag } from "../ui/tag.tsx";

const text = texts({
  en: {
    title: "Addresses",
    none: "You have no address yet.",
    add: "Add an address",
    edit: "Change",
    remove: "Remove",
    shipping: "Deliver here",
    billing: "Bill here",
    label: "Name of the address",
    labelHint: "As home or work",
    defaultShipping: "Deliver here unless I say otherwise",
    defaultBilling: "Bill here unless I say otherwise",
    save: "Save",
  },
  id: {
    title: "Alamat",
    none: "Anda belum punya alamat.",
    add: "Tambah alamat",
    edit: "Ubah",
    remove: "Hapus",
    shipping: "Alamat kirim",
    billing: "Alamat tagihan",
    label: "Nama alamat",
    labelHint: "Misalnya rumah atau kantor",
    defaultShipping: "Kirim ke sini kecuali saya memilih lain",
    defaultBilling: "Tagih ke sini kecuali saya memilih lain",
    save: "Simpan",
  },
});

type Address = Schemas["SavedAddress"];
const READS = ["GET /v1/users/me/addresses"] as const;

export function Addresses() {
  const found = useQuery(queryOf("GET /v1/users/me/addresses", {}));
  const [edited, setEdited] = useState<Address | "new">();
  return (
    <section>
      <h2 className="section-title">{text.title}</h2>
      <Loaded query={found} skeleton={<div className="skeleton h-32" />}>
        {({ items }) => (
          <>
            {items.length === 0 && <p className="text-muted">{text.none}</p>}
            <ul className="grid gap-3 sm:grid-cols-2">
              {items.map((address) => (
                <li key={address.id}>
                  <Card address={address} onEdit={() => setEdited(address)} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      <button type="button" className="button button-quiet mt-3" onClick={() => setEdited("new")}>
        {text.add}
      </button>
      {edited && (
        <AddressDialog address={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
    </section>
  );
}

type CardProps = { readonly address: Address; readonly onEdit: () => void };

function Card({ address, onEdit }: CardProps) {
  const { id: addressId, label, recipient, phone } = address;
  const remove = useMutation({
    mutationFn: () => call("DELETE /v1/users/me/addresses/{addressId}", { path: { addressId } }),
    onSuccess: () => forgetReads(READS),
  });
  return (
    <article className="panel flex h-full flex-col gap-2 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <strong className="text-base">{label ?? recipient}</strong>
        {address.isDefaultShipping && <Tag tone="brand">{text.shipping}</Tag>}
        {address.isDefaultBilling && <Tag>{text.billing}</Tag>}
      </p>
      <address className="not-italic">
        {label && <p>{recipient}</p>}
        <p className="text-muted">{phone}</p>
        {labelLines(address).map((line) => (
          <p key={line}>{line}</p>
        ))}
      </address>
      <Refusal error={remove.error} />
      <div className="mt-auto flex gap-2 pt-2">
        <button type="button" className="button button-quiet button-small" onClick={onEdit}>
          {text.edit}
        </button>
        <button
          type="button"
          className="button button-bad button-small"
          disabled={remove.isPending}
          onClick={() => remove.mutate()}
        >
          {text.remove}
        </button>
      </div>
    </article>
  );
}

type Named = {
  readonly label: string;
  readonly isDefaultShipping: boolean;
  readonly isDefaultBilling: boolean;
};

/** A pin belongs to the place that it was set for. */
function bodyOf(typed: TypedAddress, named: Named, before: Address | undefined): Schemas["PutAddress"] {
  const place = toAddress(typed);
  const isSame = before !== undefined && before.line1 === place.line1 && before.city === place.city;
  const pin = isSame ? { latitude: before.latitude, longitude: before.longitude } : {};
  return { ...place, ...pin, ...named, label: named.label.trim() || null };
}

type DialogProps = { readonly address: Address | undefined; readonly onClose: () => void };

function AddressDialog({ address, onClose }: DialogProps) {
  const [typed, setTyped] = useState<TypedAddress>(address ? toTyped(address) : {});
  const [named, setNamed] = useState<Named>({
    label: address?.label ?? "",
    isDefaultShipping: address?.isDefaultShipping ?? false,
    isDefaultBilling: address?.isDefaultBilling ?? false,
  });
  const save = useSave(address, onClose);
  return (
    <Dialog title={address ? text.edit : text.add} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(bodyOf(typed, named, address));
        }}
      >
        <TextField
          label={text.label}
          hint={text.labelHint}
          value={named.label}
          maxLength={100}
          onChange={({ target }) => setNamed({ ...named, label: target.value })}
          error={fieldError(save.error, "body.label")}
        />
        <AddressFields
          typed={typed}
          onType={(field, value) => setTyped({ ...typed, [field]: value })}
          error={save.error}
          path="body."
        />
        {(["isDefaultShipping", "isDefaultBilling"] as const).map((name) => (
          <label key={name} className="flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={named[name]}
              onChange={({ target }) => setNamed({ ...named, [name]: target.checked })}
            />
            {name === "isDefaultShipping" ? text.defaultShipping : text.defaultBilling}
          </label>
        ))}
        <Refusal error={save.error} />
        <button type="submit" className="button button-primary" disabled={save.isPending}>
          {text.save}
        </button>
      </form>
    </Dialog>
  );
}

const useSave = (address: Address | undefined, onClose: () => void) =>
  useMutation({
    mutationFn: (body: Schemas["PutAddress"]) =>
      address
        ? call(
            "PUT /v1/users/me/addresses/{addressId}",
            { path: { addressId: address.id }, body },
            { ifMatch: address.version },
          )
        : call("POST /v1/users/me/addresses", { body }),
    onSuccess: async () => {
      onClose();
      await forgetReads(READS);
    },
  });
