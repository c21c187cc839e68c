import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { money, texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Empty } from "../ui/empty.tsx";
import { fieldError, TextArea } from "../ui/field.tsx";
import { Form, fieldOf } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import { GroupFields, groupOf } from "./ad-group-fields.tsx";
import { keywordsOf, typedOf } from "./ad-words.ts";
import { useCommand } from "./command.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    none: "Nothing is advertised yet",
    noneText: "A group holds products that share words and a bid.",
    fresh: "Add a group",
    bid: (amount: string) => `Bids ${amount}`,
    paused: "Paused",
    settings: "Bid and places",
    products: "Products",
    productsHint: "On sale and in stock, or they are not shown.",
    words: "Words",
    wordsHint: 'One a line: kopi, "kopi gayo" in this order, [kopi gayo] alone, and -murah never.',
    save: "Save",
    saved: "Saved.",
  },
  id: {
    none: "Belum ada yang diiklankan",
    noneText: "Satu grup berisi produk dengan kata kunci dan tawaran yang sama.",
    fresh: "Tambah grup",
    bid: (amount: string) => `Tawaran ${amount}`,
    paused: "Dijeda",
    settings: "Tawaran dan tempat",
    products: "Produk",
    productsHint: "Yang dijual dan ada stoknya; selain itu tidak tampil.",
    words: "Kata kunci",
    wordsHint: 'Satu per baris: kopi, "kopi gayo" berurutan, [kopi gayo] persis, dan -murah tidak pernah.',
    save: "Simpan",
    saved: "Tersimpan.",
  },
});

const LIST = "GET /v1/ad-campaigns/{campaignId}/groups";
const READ = "GET /v1/ad-campaigns/groups/{groupId}";
type Group = Schemas["Group"];
type Detail = Schemas["GroupDetail"];
type Props = { readonly campaignId: string; readonly mayChange: boolean };

/** What a campaign shows, for which words, and for how much. */
export function AdGroups({ campaignId, mayChange }: Props) {
  const [isAdding, setAdding] = useState(false);
  const groups = useQuery(queryOf(LIST, { path: { campaignId } }, useShop()));
  return (
    <section className="flex flex-col gap-3">
      {mayChange && (
        <button type="button" className="button button-primary self-start" onClick={() => setAdding(true)}>
          {text.fresh}
        </button>
      )}
      {isAdding && <NewGroup campaignId={campaignId} onClose={() => setAdding(false)} />}
      <Loaded query={groups}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={text.none} text={text.noneText} />
          ) : (
            items.map((group) => <One key={group.id} group={group} />)
          )
        }
      </Loaded>
    </section>
  );
}

type NewProps = { readonly campaignId: string; readonly onClose: () => void };

function NewGroup({ campaignId, onClose }: NewProps) {
  const add = useCommand("POST /v1/ad-campaigns/{campaignId}/groups", { forget: [LIST], onDone: onClose });
  return (
    <Dialog title={text.fresh} onClose={onClose}>
      <Form
        onSend={(form) => add.mutate({ path: { campaignId }, body: groupOf(form) })}
        submit={text.fresh}
        command={add}
      >
        <GroupFields error={add.error} />
      </Form>
    </Dialog>
  );
}

function One({ group }: { readonly group: Group }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="panel" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="cursor-pointer">
        <span className="inline-flex flex-wrap items-center gap-3">
          <strong className="break-all">{group.name}</strong>
          <span className="text-muted text-sm">{text.bid(money(group.bid))}</span>
          {group.state === "paused" && <Tag>{text.paused}</Tag>}
        </span>
      </summary>
      {isOpen && <Inside groupId={group.id} />}
    </details>
  );
}

function Inside({ groupId }: { readonly groupId: string }) {
  const group = useQuery(queryOf(READ, { path: { groupId } }, useShop()));
  return (
    <div className="mt-5">
      <Loaded query={group}>
        {(found) => (
          <div className="grid gap-8 lg:grid-cols-2">
            <Settings group={found} />
            <Words group={found} />
            <Targets group={found} />
          </div>
        )}
      </Loaded>
    </div>
  );
}

type GroupProps = { readonly group: Detail };
const READS = [LIST, READ] as const;
const Saved = ({ is }: { readonly is: boolean }) => (
  <span role="status" className="text-muted text-sm">
    {is && text.saved}
  </span>
);

function Settings({ group }: GroupProps) {
  const save = useCommand("PATCH /v1/ad-campaigns/groups/{groupId}", { forget: READS });
  const path = { groupId: group.id };
  return (
    <Form
      onSend={(form) => save.mutate({ path, body: groupOf(form), ifMatch: group.version })}
      submit={text.save}
      command={save}
      beside={<Saved is={save.isSuccess} />}
    >
      <h3 className="font-bold">{text.settings}</h3>
      <GroupFields was={group} error={save.error} />
    </Form>
  );
}

function Words({ group: { id: groupId, keywords, version } }: GroupProps) {
  const save = useCommand("PUT /v1/ad-campaigns/groups/{groupId}/keywords", { forget: READS });
  const send = (form: FormData) => {
    const wanted = keywordsOf(fieldOf(form, "words"), keywords);
    save.mutate({ path: { groupId }, body: { keywords: wanted }, ifMatch: version });
  };
  return (
    <Form onSend={send} submit={text.save} command={save} beside={<Saved is={save.isSuccess} />}>
      <TextArea
        label={text.words}
        hint={text.wordsHint}
        name="words"
        rows={8}
        defaultValue={typedOf(keywords)}
        error={fieldError(save.error, "body.keywords")}
      />
    </Form>
  );
}

const OFFERS_SHOWN = 100;

function Targets({ group: { id: groupId, targets, version } }: GroupProps) {
  const query = { state: "active", limit: OFFERS_SHOWN } as const;
  const offers = useQuery(queryOf("GET /v1/offers", { query }, useShop()));
  const save = useCommand("PUT /v1/ad-campaigns/groups/{groupId}/targets", { forget: READS });
  const send = (form: FormData) =>
    save.mutate({
      path: { groupId },
      body: { offerIds: form.getAll("offer").map(String) },
      ifMatch: version,
    });
  const chosen = new Set(targets.map(({ offerId }) => offerId));
  return (
    <Form onSend={send} submit={text.save} command={save} beside={<Saved is={save.isSuccess} />}>
      <fieldset>
        <legend className="font-bold">{text.products}</legend>
        <p className="text-muted mb-3 text-sm">{text.productsHint}</p>
        <Loaded query={offers}>
          {({ items }) => (
            <div className="flex max-h-72 flex-col gap-2 overflow-y-auto">
              {items.map(({ id, sku, price }) => (
                <label key={id} className="flex items-center gap-3 text-sm">
                  <input type="checkbox" name="offer" value={id} defaultChecked={chosen.has(id)} />
                  <span className="min-w-0 flex-1 break-all">{sku}</span>
                  <span className="text-muted tabular-nums">{money(price)}</span>
                </label>
              ))}
            </div>
          )}
        </Loaded>
      </fieldset>
    </Form>
  );
}
