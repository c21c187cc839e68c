import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { FieldError } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { slugFor } from "#kernel/slug";
import { type CategoryNode, treeQuery } from "#services/catalog/category/index";
import { type SellerCard, sellersQuery } from "#services/catalog/seller/index";
import { checkComplete } from "../domain/attribute.ts";
import { decideEdit, type Edit, type Master } from "../domain/edit.ts";
import type { Offer } from "../domain/offer.ts";
import { decideMove } from "../domain/product.ts";
import { fail } from "../errors.ts";
import { actingShop } from "../queries/acting.ts";
import { mastersByRefQueries, slugOwnersQuery } from "../repository/imports.ts";
import { offersBySkuQuery } from "../repository/offers.ts";
import { type ImportReport, type ImportRow, zImportRow } from "../schemas/import.ts";
import { type RawRow, readCsv, readJsonLines } from "../schemas/import-file.ts";
import { blankProduct } from "./edit.ts";
import { needsReview, requireSelling, termsOf } from "./terms.ts";
import { commitWrites, type Write } from "./write.ts";

type Import = {
  readonly raw: { readonly bytes: Uint8Array; readonly contentType: string };
  readonly sellerId?: Id<"seller"> | undefined;
  readonly state: "published" | "draft";
};
type Line = ImportReport["rows"][number];
type Parsed = { readonly row: number; readonly value: ImportRow };

const refused = (row: number, ref: string | null, errors: readonly FieldError[]): Line => ({
  row,
  ref,
  status: "failed",
  productId: null,
  offers: [],
  errors: [...errors],
});

/** Good rows are written in one commit; bad ones say what is wrong with them. Safe to run twice. */
export async function importProducts(ctx: Ctx, { raw, sellerId, state }: Import): Promise<ImportReport> {
  const owner = actingShop(ctx, "product:write", sellerId);
  const { good, bad } = parseRows(readFile(ctx, raw));
  const outcome = await untilFresh("product.stale", async () => {
    const plan = await planRows(ctx, { owner, good, state });
    const writes = plan.flatMap(({ write }) => (write ? [write] : []));
    const { shop } = plan.at(0) ?? {};
    const committed = await commitWrites(ctx, writes, shop ? { shop } : {});
    return committed.ok ? { ok: true, value: plan.map(({ line }) => line) } : retriable(committed);
  });
  if (!outcome.ok && outcome.code === "product.stale") throw fail("product.busy");
  const rows = [...bad, ...orThrow(outcome, fail)].sort((a, b) => a.row - b.row);
  const count = (status: Line["status"]) => rows.filter((line) => line.status === status).length;
  return {
    created: count("created"),
    updated: count("updated"),
    unchanged: count("unchanged"),
    failed: count("failed"),
    rows,
  };
}

/** A twin of this import may have written the same rows meanwhile: looked at again, they are unchanged. */
const retriable = <C extends string>(refusal: { readonly ok: false; readonly code: C }) =>
  ["offer.stale", "offer.exists", "offer.sku_taken", "product.ref_taken"].includes(refusal.code)
    ? ({ ok: false, code: "product.stale" } as const)
    : refusal;

function readFile(ctx: Ctx, { bytes, contentType }: Import["raw"]): readonly RawRow[] {
  const text = new TextDecoder().decode(bytes);
  const read = contentType === "text/csv" ? readCsv(text, ctx.market.currency) : readJsonLines(text);
  if ("rows" in read) return read.rows;
  throw fail(read.refused === "too_long" ? "product.import_too_long" : "product.import_unreadable");
}

function parseRows(raw: readonly RawRow[]): { readonly good: readonly Parsed[]; readonly bad: Line[] } {
  const good: Parsed[] = [];
  const bad: Line[] = [];
  const seen = new Set<string>();
  for (const { row, value } of raw) {
    const parsed = zImportRow.safeParse(value);
    const ref = (value as { ref?: unknown } | undefined)?.ref;
    const name = typeof ref === "string" ? ref : null;
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ path, code, message }) => ({
        path: path.join("."),
        code,
        message,
      }));
      bad.push(refused(row, name, issues));
    } else if (seen.has(parsed.data.ref)) {
      bad.push(refused(row, name, [{ path: "ref", code: "twice", message: "This ref stands above." }]));
    } else {
      seen.add(parsed.data.ref);
      good.push({ row, value: parsed.data });
    }
  }
  return { good, bad };
}

type Planned = { readonly line: Line; readonly write?: Write; readonly shop?: SellerCard };
type Known = {
  readonly masters: ReadonlyMap<string, Master>;
  readonly skus: ReadonlyMap<string, Offer>;
  readonly slugs: ReadonlyMap<string, Id<"product">>;
  readonly shop: SellerCard;
  readonly nodes: readonly CategoryNode[];
};
type Plan = {
  readonly owner: Id<"seller">;
  readonly good: readonly Parsed[];
  readonly state: Import["state"];
};

/** One read for the whole file, then each row by itself; what a row takes, a later one cannot have. */
async function planRows(ctx: Ctx, plan: Plan): Promise<readonly Planned[]> {
  if (plan.good.length === 0) return [];
  const known = await loadKnown(ctx, plan);
  const skus = new Map(known.skus);
  const slugs = new Map(known.slugs);
  return plan.good.map((parsed) => {
    const planned = planRow(ctx, plan, { ...known, skus, slugs }, parsed);
    for (const offer of planned.write ? offersOf(planned.write.edit) : []) skus.set(offer.sku, offer);
    if (planned.write) slugs.set(planned.write.edit.product.slug, planned.write.edit.product.id);
    return planned;
  });
}

const offersOf = (edit: Edit): readonly Offer[] => [...edit.addedOffers, ...edit.changedOffers];

async function loadKnown(ctx: Ctx, { owner, good }: Plan): Promise<Known> {
  const rows = good.map(({ value }) => value);
  const skus = rows.flatMap(({ variants }) => variants.flatMap(({ offer }) => (offer ? [offer.sku] : [])));
  const slugs = rows.flatMap(({ slug }) => (slug === undefined ? [] : [slug]));
  const refs = rows.map(({ ref }) => ref);
  const [products, variants, offers, bySku, slugOwners, [card], nodes] = await ctx.db.load(
    ...mastersByRefQueries(owner, refs),
    offersBySkuQuery(owner, skus),
    slugOwnersQuery(slugs),
    sellersQuery([owner]),
    treeQuery(),
  );
  const shop = requireSelling(card);
  const variantsBy = Map.groupBy(variants, ({ productId }) => productId);
  const offersBy = Map.groupBy(offers, ({ productId }) => productId);
  const masters = products.map((product): [string, Master] => [
    product.externalRef ?? product.id,
    { product, variants: variantsBy.get(product.id) ?? [], offers: offersBy.get(product.id) ?? [] },
  ]);
  return {
    masters: new Map(masters),
    skus: new Map(bySku.map((offer) => [offer.sku, offer])),
    slugs: slugOwners,
    shop,
    nodes,
  };
}

function planRow(
  ctx: Ctx,
  { owner, state }: Plan,
  { masters, skus, slugs, shop, nodes }: Known,
  { row, value }: Parsed,
): Planned {
  const { ref, category, slug, ...draft } = value;
  const refuse = (...errors: FieldError[]): Planned => ({ line: refused(row, ref, errors), shop });
  const node = nodes.find((one) => one.id === category || one.slug === category);
  if (node?.state !== "active") {
    return refuse({ path: "category", code: "unknown", message: "There is no such open category." });
  }
  const terms = termsOf(ctx, node, owner);
  const before = masters.get(ref)?.product;
  const blank = { product: blankProduct(terms, { categoryId: node.id, externalRef: ref }) };
  const master = masters.get(ref) ?? { ...blank, variants: [], offers: [] };
  const { id } = master.product;
  const claimed = slug ?? before?.slug ?? slugFor(draft.titles.en, id);
  if (slugs.has(claimed) && slugs.get(claimed) !== id) {
    return refuse({ path: "slug", code: "taken", message: "Another product has this slug." });
  }
  const edited = decideEdit(master, { ...draft, slug: claimed, categoryId: node.id }, terms);
  if (!edited.ok) return refuse(...edited.errors);
  const taken = offersOf(edited.value).filter(({ id, sku }) => (skus.get(sku)?.id ?? id) !== id);
  if (taken.length > 0) {
    const errors = taken.map(({ sku }) => ({ path: "sku", code: "taken", message: `${sku} is another's.` }));
    return refuse(...errors);
  }
  const published = publish(ctx, { edit: edited.value, node, state, isNew: !before });
  if (!published.ok) return refuse(...published.errors);
  const edit = published.value;
  const isSame = !edit.isProductChanged && offersOf(edit).length === 0;
  const status = isSame ? "unchanged" : before ? "updated" : "created";
  const line: Line = { row, ref, status, productId: id, offers: offersAfter(master, edit), errors: [] };
  return isSame ? { line, shop } : { line, shop, write: { before, edit, patch: { imported: ref } } };
}

type Publish = {
  readonly edit: Edit;
  readonly node: CategoryNode;
  readonly state: Import["state"];
  readonly isNew: boolean;
};
type Published = { ok: true; value: Edit } | { ok: false; errors: readonly FieldError[] };

/** A new product goes on sale with its import, or is proposed; one that is on sale stays complete. */
function publish(ctx: Ctx, { edit, node, state, isNew }: Publish): Published {
  const { product } = edit;
  const isOnSale = product.state === "published";
  if (!isOnSale && (!isNew || state === "draft")) return { ok: true, value: edit };
  const errors = [...checkComplete(node.attributes, product.attributes, product.options)];
  const mustWait = needsReview(ctx, node, product);
  if (isOnSale && edit.isProductChanged && mustWait) {
    errors.push({ path: "", code: "review", message: "What is on sale changes after a review, one by one." });
  }
  const priced = new Set(offersOf(edit).map(({ variantId }) => variantId));
  const bare = edit.addedVariants.filter((variant) => !variant.archived && !priced.has(variant.id));
  for (const { key } of bare) {
    errors.push({ path: "variants", code: "unpriced", message: `${key || "The variant"} needs an offer.` });
  }
  if (errors.length > 0) return { ok: false, errors };
  if (isOnSale) return { ok: true, value: edit };
  const decision = decideMove(product, mustWait ? "propose" : "publish", { now: ctx.clock.now() });
  if (!decision.ok) throw fail(decision.code);
  // It is one write, so it is one version.
  return { ok: true, value: { ...edit, product: { ...decision.value, version: product.version } } };
}

/** Which offer each SKU of the product has now, so that stock can follow at once. */
function offersAfter(master: Master, edit: Edit): Line["offers"] {
  const byId = new Map([...master.offers, ...offersOf(edit)].map((offer) => [offer.id, offer]));
  return [...byId.values()]
    .filter(({ state }) => state !== "archived")
    .map(({ id, sku }) => ({ sku, offerId: id }));
}
