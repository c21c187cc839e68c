import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Input } from "../api/client.ts";
import { pagesOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Copy } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "API keys",
    intro: "For programs that work for your shop, such as your stock keeping.",
    none: "No keys yet.",
    name: "What is it for?",
    scopes: "What it may do",
    days: "Days until it lapses",
    daysHint: "Leave it out for a key that does not lapse.",
    make: "Make a key",
    made: "Your new key",
    madeText: "You see it this once. Keep it where nobody else reads it.",
    revoke: "Revoke",
    revoked: "Revoked",
    used: (at: string) => `used ${at}`,
    unused: "never used",
    catalogue: "Products and offers",
    inventory: "Stock",
    read: "Read orders",
    write: "Ship and cancel orders",
  },
  id: {
    title: "Kunci API",
    intro: "Untuk program yang bekerja bagi toko, misalnya sistem stok Anda.",
    none: "Belum ada kunci.",
    name: "Untuk apa?",
    scopes: "Yang boleh dilakukan",
    days: "Hari sampai kedaluwarsa",
    daysHint: "Kosongkan untuk kunci tanpa batas waktu.",
    make: "Buat kunci",
    made: "Kunci baru Anda",
    madeText: "Hanya tampil sekali ini. Simpan di tempat yang aman.",
    revoke: "Cabut",
    revoked: "Dicabut",
    used: (at: string) => `dipakai ${at}`,
    unused: "belum pernah dipakai",
    catalogue: "Produk dan penawaran",
    inventory: "Stok",
    read: "Membaca pesanan",
    write: "Mengirim dan membatalkan pesanan",
  },
});
type Scope = Input<"POST /v1/auth/api-keys">["body"]["scopes"][number];
const SCOPES: readonly { readonly scope: Scope; readonly name: string }[] = [
  { scope: "catalogue:write", name: text.catalogue },
  { scope: "inventory:write", name: text.inventory },
  { scope: "order:read", name: text.read },
  { scope: "order:write", name: text.write },
];
const OWNER = { owner: "shop" } as const;
const READS = ["GET /v1/auth/api-keys"] as const;

/** Keys of the shop; made and revoked by its owner, who shows once more that it is he. */
export function ApiKeysPanel() {
  const keys = useInfiniteQuery(pagesOf("GET /v1/auth/api-keys", { query: OWNER }, useShop()));
  const revoke = useCommand("DELETE /v1/auth/api-keys/{keyId}", { forget: READS });
  return (
    <section className="panel">
      <h2 className="text-lg font-bold">{text.title}</h2>
      <p className="text-muted mb-3 text-sm">{text.intro}</p>
      <Paged
        query={keys}
        keyOf={({ id }) => id}
        empty={<p className="text-muted">{text.none}</p>}
        className="divide-line divide-y"
      >
        {(key) => (
          <div className="flex flex-wrap items-center gap-3 py-3">
            <span className="min-w-0 flex-1 basis-52">
              <strong className="block">{key.name}</strong>
              <span className="text-muted text-sm">
                <code>{key.start}…</code> {key.scopes.join(", ")},{" "}
                {key.lastUsedAt ? text.used(day(key.lastUsedAt)) : text.unused}
              </span>
            </span>
            {key.revokedAt === null ? (
              <button
                type="button"
                className="button button-bad button-small"
                disabled={revoke.isPending}
                onClick={() => revoke.mutate({ path: { keyId: key.id }, query: OWNER })}
              >
                {text.revoke}
              </button>
            ) : (
              <Tag>{text.revoked}</Tag>
            )}
          </div>
        )}
      </Paged>
      <Refusal error={revoke.error} />
      <MakeForm />
    </section>
  );
}

function MakeForm() {
  const [made, setMade] = useState<string>();
  const make = useCommand("POST /v1/auth/api-keys", {
    forget: READS,
    onDone: ({ apiKey }) => setMade(apiKey),
  });
  const send = (form: FormData) => {
    const expiresInDays = Number(fieldOf(form, "days"));
    make.mutate({
      body: {
        ...OWNER,
        name: fieldOf(form, "name"),
        scopes: SCOPES.map(({ scope }) => scope).filter((scope) => form.getAll("scope").includes(scope)),
        ...(expiresInDays > 0 && { expiresInDays }),
      },
    });
  };
  return (
    <Form className="mt-4 max-w-xl" onSend={send} submit={text.make} command={make}>
      <TextField label={text.name} name="name" error={fieldError(make.error, "body.name")} required />
      <fieldset>
        <legend className="field-label">{text.scopes}</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {SCOPES.map(({ scope, name }) => (
            <label key={scope} className="flex items-center gap-2 text-sm">
              <input type="checkbox" name="scope" value={scope} className="accent-brand size-4" />
              {name}
            </label>
          ))}
        </div>
        {fieldError(make.error, "body.scopes") && (
          <p className="field-error">{fieldError(make.error, "body.scopes")}</p>
        )}
      </fieldset>
      <TextField label={text.days} hint={text.daysHint} name="days" type="number" min={1} max={365} />
      {made !== undefined && (
        <Dialog title={text.made} onClose={() => setMade(undefined)}>
          <p className="text-muted mb-3">{text.madeText}</p>
          <Copy value={made} label={text.made} />
        </Dialog>
      )}
    </Form>
  );
}
