import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client.ts";
import { queryClient, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useIsSignedIn } from "../session/session.ts";
import { texts } from "../shell/text.ts";
import { fieldError, TextField } from "../ui/field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { labelLines, toAddress, toTyped } from "./address.ts";
import { AddressFields } from "./address-fields.tsx";
import { draft, useDraft } from "./draft.ts";
import type { Checkout } from "./open.ts";
import { Section } from "./section.tsx";
import type { useChange } from "./use-checkout.ts";

const text = texts({
  en: {
    title: "Where it goes",
    email: "E-mail",
    emailHint: "The receipt and news of your parcels go here.",
    change: "Change",
    use: "Ship here",
    saved: "Your addresses",
    another: "Another address",
    keep: "Keep it in my address book",
  },
  id: {
    title: "Alamat pengiriman",
    email: "Email",
    emailHint: "Bukti pembayaran dan kabar paket dikirim ke sini.",
    change: "Ubah",
    use: "Kirim ke sini",
    saved: "Alamat Anda",
    another: "Alamat lain",
    keep: "Simpan di buku alamat saya",
  },
});

export const ADDRESS_ID = "checkout-address";
type Change = ReturnType<typeof useChange>;
type Props = { readonly checkout: Checkout; readonly change: Change };

export function AddressSection({ checkout, change }: Props) {
  const isMember = useIsSignedIn();
  const { address, email } = checkout;
  const isDone = address !== null && email !== null;
  const [isOpen, setOpen] = useState(!isDone);
  const isShown = isOpen || !isDone;
  const again = (
    <button type="button" className="button button-quiet button-small" onClick={() => setOpen(true)}>
      {text.change}
    </button>
  );
  const close = () => setOpen(false);
  return (
    <Section id={ADDRESS_ID} title={text.title} isDone={isDone} aside={!isShown && again}>
      {!isShown && <Label address={address} email={email} />}
      {isShown && isMember && <MemberAddress checkout={checkout} change={change} onDone={close} />}
      {isShown && !isMember && <GuestAddress checkout={checkout} change={change} onDone={close} />}
    </Section>
  );
}

const Label = ({ address, email }: { readonly address: Schemas["UserAddress"]; readonly email: string }) => (
  <address className="leading-relaxed not-italic">
    <strong>{address.recipient}</strong> <span className="text-muted">{address.phone}</span>
    <br />
    {labelLines(address).join(", ")}
    <br />
    <span className="text-muted">{email}</span>
  </address>
);

type FormProps = Props & { readonly onDone: () => void };

function GuestAddress({ checkout, change, onDone }: FormProps) {
  const { email = checkout.email ?? "", address: typed = checkout.address ? toTyped(checkout.address) : {} } =
    useDraft();
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ email: email.trim(), address: toAddress(typed) }, { onSuccess: onDone });
      }}
    >
      <TextField
        label={text.email}
        hint={text.emailHint}
        name="email"
        type="email"
        autoComplete="email"
        required
        value={email}
        error={fieldError(change.error, "body.email")}
        onChange={(event) => draft.set({ email: event.target.value })}
      />
      <AddressFields
        typed={typed}
        onType={(field, value) => draft.set({ address: { ...typed, [field]: value } })}
        error={change.error}
        path="body.address."
      />
      <Refusal error={change.variables?.address && change.error} />
      <button type="submit" className="button button-primary self-start" disabled={change.isPending}>
        {text.use}
      </button>
    </form>
  );
}

function MemberAddress({ checkout, change, onDone }: FormProps) {
  const { isNewAddress = false } = useDraft();
  const book = useQuery(queryOf("GET /v1/users/me/addresses", {}));
  const items = book.data?.items ?? [];
  if (book.isLoading) return <div className="skeleton h-40" aria-busy />;
  if (items.length === 0 || isNewAddress) return <NewAddress change={change} onDone={onDone} />;
  const isChosen = ({ recipient, line1, postalCode }: Schemas["SavedAddress"]) =>
    [recipient, line1, postalCode].join("\n") ===
    [checkout.address?.recipient, checkout.address?.line1, checkout.address?.postalCode].join("\n");
  return (
    <fieldset className="flex flex-col gap-3" disabled={change.isPending}>
      <legend className="field-label">{text.saved}</legend>
      {items.map((item) => (
        <label key={item.id} className="choice">
          <input
            type="radio"
            name="address"
            checked={isChosen(item)}
            onChange={() => change.mutate({ addressId: item.id }, { onSuccess: onDone })}
            onClick={() => isChosen(item) && onDone()}
          />
          <span>
            <strong>{item.recipient}</strong> {item.label !== null && <span>· {item.label}</span>}
            <span className="text-muted block text-sm">{labelLines(item).join(", ")}</span>
          </span>
        </label>
      ))}
      <Refusal error={change.variables?.addressId && change.error} />
      <button
        type="button"
        className="button button-quiet button-small self-start"
        onClick={() => draft.set({ isNewAddress: true })}
      >
        {text.another}
      </button>
    </fieldset>
  );
}

/** A member's new address goes into the book, unless it is for this time only. */
function NewAddress({ change, onDone }: Omit<FormProps, "checkout">) {
  const { address: typed = {} } = useDraft();
  const [keeps, setKeeps] = useState(true);
  const add = useMutation({
    mutationFn: async () => {
      const address = toAddress(typed);
      if (!keeps) return change.mutateAsync({ address });
      const { id } = await call("POST /v1/users/me/addresses", { body: address });
      void queryClient.invalidateQueries({ queryKey: ["GET /v1/users/me/addresses"] });
      return change.mutateAsync({ addressId: id });
    },
    onSuccess: () => {
      draft.set({ isNewAddress: false, address: {} });
      onDone();
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <AddressFields
        typed={typed}
        onType={(field, value) => draft.set({ isNewAddress: true, address: { ...typed, [field]: value } })}
        error={add.error}
        path={keeps ? "body." : "body.address."}
      />
      <label className="flex items-center gap-3">
        <input type="checkbox" checked={keeps} onChange={(event) => setKeeps(event.target.checked)} />
        {text.keep}
      </label>
      <Refusal error={add.error} />
      <button type="submit" className="button button-primary self-start" disabled={add.isPending}>
        {text.use}
      </button>
    </form>
  );
}
