import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer, Input } from "../api/client.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { moment } from "../shell/when.ts";
import { Copy } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { fieldError, TextField } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Loaded, Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { ApiKeysPanel } from "./api-keys.tsx";
import { useCommand } from "./command.ts";
import { isOwner, useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "Webhooks and keys",
    intro: "We post what happens in your shop to addresses of yours, signed, and again until you answer.",
    none: "No endpoint yet.",
    url: "Address",
    types: "What it hears",
    add: "Register the address",
    fresh: "A new endpoint",
    secret: "The secret of this endpoint",
    secretText: "You see it this once. Check the signature of every delivery with it.",
    enabled: "On",
    disabled: "Off",
    enable: "Turn on",
    disable: "Turn off",
    remove: "Delete",
    test: "Send a test",
    tested: "The test is on its way.",
    rotate: "New secret",
    deliveries: "Deliveries",
    noDeliveries: "Nothing was sent yet.",
    again: "Send again",
    pending: "Waiting",
    delivered: "Delivered",
    failed: "Failed",
    held: "Held",
    tries: (n: string, status: string) => `${n} tries, last answer ${status}`,
  },
  id: {
    title: "Webhook dan kunci",
    intro: "Kami mengirim kejadian di toko ke alamat Anda, bertanda tangan, dan diulang sampai dijawab.",
    none: "Belum ada endpoint.",
    url: "Alamat",
    types: "Yang didengarnya",
    add: "Daftarkan alamat",
    fresh: "Endpoint baru",
    secret: "Rahasia endpoint ini",
    secretText: "Hanya tampil sekali ini. Gunakan untuk memeriksa tanda tangan setiap kiriman.",
    enabled: "Aktif",
    disabled: "Nonaktif",
    enable: "Aktifkan",
    disable: "Nonaktifkan",
    remove: "Hapus",
    test: "Kirim uji",
    tested: "Uji sedang dikirim.",
    rotate: "Rahasia baru",
    deliveries: "Kiriman",
    noDeliveries: "Belum ada yang dikirim.",
    again: "Kirim lagi",
    pending: "Menunggu",
    delivered: "Terkirim",
    failed: "Gagal",
    held: "Ditahan",
    tries: (n: string, status: string) => `${n} kali, jawaban terakhir ${status}`,
  },
});
type Endpoint = Answer<"GET /v1/webhook-endpoints">["items"][number];
type EventType = Input<"POST /v1/webhook-endpoints">["body"]["eventTypes"][number];
const QUERY = { as: "seller" } as const;
const READS = ["GET /v1/webhook-endpoints"] as const;
const OVERLAP_HOURS = 24;

/** What a shop's own programs are told, and what they may do. */
export function WebhooksPage() {
  const shop = useShop();
  const endpoints = useQuery(queryOf("GET /v1/webhook-endpoints", { query: QUERY }, shop));
  const [secret, setSecret] = useState<string>();
  return (
    <>
      <h1 className="page-title mb-2!">{text.title}</h1>
      <p className="text-muted mb-5">{text.intro}</p>
      <div className="flex flex-col gap-5">
        <Loaded query={endpoints}>
          {({ items }) => (
            <>
              {items.length === 0 && <p className="text-muted">{text.none}</p>}
              {items.map((endpoint) => (
                <EndpointPanel key={endpoint.id} endpoint={endpoint} onSecret={setSecret} />
              ))}
              <NewEndpoint key={items.length} onSecret={setSecret} />
            </>
          )}
        </Loaded>
        {isOwner(shop) && <ApiKeysPanel />}
      </div>
      {secret !== undefined && (
        <Dialog title={text.secret} onClose={() => setSecret(undefined)}>
          <p className="text-muted mb-3">{text.secretText}</p>
          <Copy value={secret} label={text.secret} />
        </Dialog>
      )}
    </>
  );
}

type SecretProps = { readonly onSecret: (secret: string) => void };

function NewEndpoint({ onSecret }: SecretProps) {
  const types = useQuery(queryOf("GET /v1/webhook-endpoints/event-types", {}, useShop()));
  const add = useCommand("POST /v1/webhook-endpoints", {
    forget: READS,
    onDone: ({ secret }) => onSecret(secret),
  });
  const send = (form: FormData) =>
    add.mutate({
      query: QUERY,
      body: { url: fieldOf(form, "url"), eventTypes: form.getAll("type") as EventType[] },
    });
  return (
    <Form className="panel" onSend={send} submit={text.add} command={add}>
      <h2 className="text-lg font-bold">{text.fresh}</h2>
      <TextField
        label={text.url}
        name="url"
        type="url"
        placeholder="https://"
        error={fieldError(add.error, "body.url")}
        required
      />
      <fieldset>
        <legend className="field-label">{text.types}</legend>
        <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2 xl:grid-cols-3">
          {types.data?.items
            .filter(({ forSellers }) => forSellers)
            .map(({ type }) => (
              <label key={type} className="flex items-center gap-2 text-sm">
                <input
                  type="checkbox"
                  name="type"
                  value={type}
                  defaultChecked={type === "order.paid"}
                  className="accent-brand size-4"
                />
                <code>{type}</code>
              </label>
            ))}
        </div>
        {fieldError(add.error, "body.eventTypes") && (
          <p className="field-error">{fieldError(add.error, "body.eventTypes")}</p>
        )}
      </fieldset>
    </Form>
  );
}

function EndpointPanel({ endpoint, onSecret }: SecretProps & { readonly endpoint: Endpoint }) {
  const path = { endpointId: endpoint.id };
  const change = useCommand("PATCH /v1/webhook-endpoints/{endpointId}", { forget: READS });
  const remove = useCommand("DELETE /v1/webhook-endpoints/{endpointId}", { forget: READS });
  const test = useCommand("POST /v1/webhook-endpoints/{endpointId}/test", {
    forget: ["GET /v1/webhook-endpoints/{endpointId}/deliveries"],
  });
  const rotate = useCommand("POST /v1/webhook-endpoints/{endpointId}/rotate-secret", {
    onDone: ({ secret }) => onSecret(secret),
  });
  const next = endpoint.state === "enabled" ? "disabled" : "enabled";
  const commands = [
    {
      label: text[next === "enabled" ? "enable" : "disable"],
      run: () => change.mutate({ path, query: QUERY, body: { state: next }, ifMatch: endpoint.version }),
    },
    { label: text.test, run: () => test.mutate({ path, query: QUERY }) },
    {
      label: text.rotate,
      run: () => rotate.mutate({ path, query: QUERY, body: { overlapHours: OVERLAP_HOURS } }),
    },
    { label: text.remove, run: () => remove.mutate({ path, query: QUERY }) },
  ];
  return (
    <section className="panel">
      <header className="flex flex-wrap items-center gap-3">
        <h2 className="min-w-0 flex-1 basis-60 font-bold break-all">{endpoint.url}</h2>
        <Tag tone={endpoint.state === "enabled" ? "good" : "bad"}>{text[endpoint.state]}</Tag>
      </header>
      <p className="text-muted mt-1 text-sm">{endpoint.eventTypes.join(", ")}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {commands.map(({ label, run }) => (
          <button key={label} type="button" className="button button-quiet button-small" onClick={run}>
            {label}
          </button>
        ))}
      </div>
      <p role="status" className="text-good mt-2 text-sm font-semibold empty:hidden">
        {test.isSuccess && text.tested}
      </p>
      <Refusal error={change.error ?? remove.error ?? test.error ?? rotate.error} />
      <details className="mt-3">
        <summary className="text-brand cursor-pointer text-sm font-semibold">{text.deliveries}</summary>
        <Deliveries endpointId={endpoint.id} />
      </details>
    </section>
  );
}

type Delivery = Answer<"GET /v1/webhook-endpoints/{endpointId}/deliveries">["items"][number];
const tone: { readonly [S in Delivery["state"]]: Tone } = {
  pending: "brand",
  delivered: "good",
  failed: "bad",
  held: "plain",
};

function Deliveries({ endpointId }: { readonly endpointId: string }) {
  const name = "GET /v1/webhook-endpoints/{endpointId}/deliveries";
  const deliveries = useInfiniteQuery(pagesOf(name, { path: { endpointId }, query: QUERY }, useShop()));
  const again = useCommand("POST /v1/webhook-endpoints/{endpointId}/deliveries/{deliveryId}/replay", {
    forget: [name],
  });
  return (
    <>
      <Paged
        query={deliveries}
        keyOf={({ id }) => id}
        empty={<p className="text-muted mt-2">{text.noDeliveries}</p>}
        className="divide-line divide-y"
      >
        {(one) => (
          <div className="flex flex-wrap items-center gap-3 py-2.5 text-sm">
            <span className="min-w-0 flex-1 basis-48">
              <code className="font-bold">{one.type}</code>
              <span className="text-muted block">
                {moment(one.createdAt)}, {text.tries(count(one.attempts), String(one.lastStatus ?? "–"))}
              </span>
            </span>
            <Tag tone={tone[one.state]}>{text[one.state]}</Tag>
            <button
              type="button"
              className="button button-quiet button-small"
              disabled={again.isPending}
              onClick={() => again.mutate({ path: { endpointId, deliveryId: one.id }, query: QUERY })}
            >
              {text.again}
            </button>
          </div>
        )}
      </Paged>
      <Refusal error={again.error} />
    </>
  );
}
