import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type * as z from "zod";
import { REMOTES } from "../../workers/api.ts";

const remotes = await Promise.all(
  Object.entries(REMOTES).map(async ([name, load]) => [name, (await load()).rpc] as const),
);
const methods = remotes.flatMap(([, { service, methods: byName }]) =>
  service.methods.map((desc) => [`${service.typeName}/${desc.name}`, desc, byName[desc.localName]] as const),
);

type Def = {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly keyType?: { readonly options?: readonly string[] };
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
};

/** The object behind optional, nullable, default and transformed; of a union every member's fields. */
function fieldsOf(schema: z.ZodType): ReadonlyMap<string, z.ZodType> {
  const def = schema.def as unknown as Def;
  const inner = def.innerType ?? (def.type === "pipe" ? def.in : undefined);
  if (inner) return fieldsOf(inner);
  if (def.options) return new Map(def.options.flatMap((one) => [...fieldsOf(one)]));
  // A record of a closed set of keys is an object too.
  if (def.valueType && def.keyType?.options) {
    return new Map(def.keyType.options.map((name) => [name, def.valueType as z.ZodType]));
  }
  const { shape = {} } = schema as unknown as { readonly shape?: Record<string, z.ZodType> };
  return new Map(Object.entries(shape));
}

/** What stands in a list or under the keys of a record. */
function elementOf(schema: z.ZodType): z.ZodType {
  const def = schema.def as unknown as Def;
  const inner = def.innerType ?? (def.type === "pipe" ? def.in : undefined);
  if (inner) return elementOf(inner);
  return def.element ?? def.valueType ?? schema;
}

const messageOf = (field: DescField): DescMessage | undefined => {
  if (field.fieldKind === "message") return field.message;
  if (field.fieldKind === "list" && field.listKind === "message") return field.message;
  return field.fieldKind === "map" && field.mapKind === "message" ? field.message : undefined;
};

/** Names in the contract that the schemas do not know. */
function unknownIn(message: DescMessage, schema: z.ZodType, path = message.name): readonly string[] {
  const fields = fieldsOf(schema);
  return message.fields.flatMap((field) => {
    const known = fields.get(field.jsonName);
    const at = `${path}.${field.jsonName}`;
    if (!known) return [at];
    const inner = messageOf(field);
    if (!inner || inner.typeName.startsWith("google.protobuf.")) return [];
    return unknownIn(inner, field.fieldKind === "message" ? known : elementOf(known), at);
  });
}

test.each(methods)("%s says what its schemas say", (_, desc, method) => {
  expect(method).toBeDefined();
  if (!method) return;
  expect(unknownIn(desc.input, method.input)).toEqual([]);
  if (desc.output.typeName !== "google.protobuf.Empty") {
    expect(unknownIn(desc.output, method.output)).toEqual([]);
  }
});

test("the table names each service as its contract does", () => {
  expect(remotes.map(([name, { service }]) => [name, service.typeName])).toEqual(
    remotes.map(([name]) => [name, name]),
  );
  expect(methods.length).toBeGreaterThanOrEqual(25);
});
