import type { z } from "zod";
import type { RouteSpec } from "#kernel/app";
import { describePolicy, PROBLEM, problemResponses, refusalsOf, securityOf } from "./problems.ts";
import { Components, type Json } from "./schemas.ts";

export type App = { readonly prefix: string; readonly specs: readonly RouteSpec[] };
/** `isPlatform` parts answer for all markets at once. */
export type Part = { readonly app: App; readonly isPlatform: boolean };

const PARAMETERS: Json = {
  Market: {
    name: "X-Market",
    in: "header",
    description: "The market, where neither the host nor the country says it.",
    schema: { type: "string", examples: ["id", "sg"] },
  },
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    required: true,
    description: "Chosen by the caller, one a command: a retry with it gets the first answer.",
    schema: { type: "string", minLength: 1, maxLength: 64 },
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    required: true,
    description: "The ETag of the version that the change was decided on.",
    schema: { type: "string", examples: ['"3"'] },
  },
};

const operationId = ({ method }: RouteSpec, path: string): string => {
  const words = path.replace(/^\/v1\//, "/").split(/[^A-Za-z0-9{}]+/);
  const name = words.map((word) => word.replace(/^\{?(\w)/, (_, letter: string) => letter.toUpperCase()));
  return `${method}${name.join("").replaceAll("}", "")}`;
};

const reference = (name: string) => ({ $ref: `#/components/parameters/${name}` });

function parametersOf(spec: RouteSpec, isPlatform: boolean, components: Components): readonly Json[] {
  const parameters: Json[] = [];
  for (const [place, schema] of [
    ["path", spec.request.params],
    ["query", spec.request.query],
    ["header", spec.request.headers],
  ] as const) {
    if (!schema) continue;
    for (const [name, field] of Object.entries(schema.shape)) {
      const one = field as z.ZodType;
      const { description, ...json } = components.write(one, "input");
      parameters.push({
        name,
        in: place,
        ...(place === "path" || !one.safeParse(undefined).success ? { required: true } : {}),
        ...(description === undefined ? {} : { description }),
        schema: json,
        ...(name in spec.example ? { example: spec.example[name] } : {}),
      });
    }
  }
  if (!isPlatform) parameters.push(reference("Market"));
  if (spec.idempotency) parameters.push(reference("IdempotencyKey"));
  if (spec.concurrency) parameters.push(reference("IfMatch"));
  return parameters;
}

/** The example is flat; what is neither in the path nor in the query is in the body. */
function bodyExample({ request, example }: RouteSpec): Json {
  const elsewhere = new Set(
    [request.params, request.query].flatMap((part) => Object.keys(part?.shape ?? {})),
  );
  return Object.fromEntries(Object.entries(example).filter(([name]) => !elsewhere.has(name)));
}

function requestBodyOf(spec: RouteSpec, components: Components): Json {
  const { body, raw } = spec.request;
  if (raw) {
    const binary = { schema: { type: "string", format: "binary", maxLength: raw.bytesMax } };
    const content = Object.fromEntries(raw.contentTypes.map((type) => [type, binary]));
    return { requestBody: { required: true, content } };
  }
  if (!body) return {};
  const json = { schema: components.write(body, "input"), example: bodyExample(spec) };
  return { requestBody: { required: true, content: { "application/json": json } } };
}

function responsesOf(spec: RouteSpec, components: Components): Json {
  const responses: Json = {};
  for (const [status, schema] of Object.entries(spec.responses)) {
    const { description = "Done.", ...json } = components.write(schema, "output");
    // A schema that says nothing stands for bytes or text that the handler writes itself.
    const type = Object.keys(json).length === 0 ? "*/*" : "application/json";
    const hasBody = status !== "204" && !status.startsWith("3");
    responses[status] = { description, ...(hasBody ? { content: { [type]: { schema: json } } } : {}) };
  }
  return { ...responses, ...refusalsOf(spec) };
}

function operationOf(spec: RouteSpec, path: string, isPlatform: boolean, components: Components): Json {
  const [first = "", second = first] = path.split("/").filter((part) => part !== "v1" && part !== "");
  return {
    operationId: operationId(spec, path),
    summary: spec.summary,
    description: `For ${describePolicy(spec.policy)}.`,
    tags: [isPlatform ? "platform" : first || second],
    security: securityOf(spec.policy),
    parameters: parametersOf(spec, isPlatform, components),
    ...requestBodyOf(spec, components),
    responses: responsesOf(spec, components),
  };
}

/** The whole API as OpenAPI 3.1, from the specs that parse and guard it. */
export function describeApi(parts: readonly Part[], version: string): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  const ids = new Set<string>();
  for (const { app, isPlatform } of parts) {
    for (const spec of app.specs) {
      const path = `${app.prefix}${spec.path}`;
      const operation = operationOf(spec, path, isPlatform, components);
      const id = String(operation.operationId);
      if (ids.has(id)) throw new Error(`${spec.method} ${path}: two operations are called ${id}`);
      ids.add(id);
      const item = paths[path] ?? {};
      paths[path] = { ...item, [spec.method]: operation };
    }
  }
  const { document, schemas } = components.settle({ paths });
  return {
    openapi: "3.1.0",
    info: { title: "Titan Commerce", version, description: "One API for every market of the platform." },
    servers: [{ url: "/" }],
    ...document,
    components: {
      schemas: { ...schemas, Problem: PROBLEM },
      responses: problemResponses(),
      parameters: PARAMETERS,
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

/** Examples that their own route would refuse. */
export function findBadExamples(parts: readonly Part[]): readonly string[] {
  const found: string[] = [];
  for (const { app } of parts) {
    for (const spec of app.specs) {
      const { params, query, body } = spec.request;
      for (const [part, schema, value] of [
        ["params", params, spec.example],
        ["query", query, spec.example],
        ["body", body, bodyExample(spec)],
      ] as const) {
        const issue = schema?.safeParse(value).error?.issues[0];
        if (!issue) continue;
        const where = [part, ...issue.path].join(".");
        found.push(`${spec.method} ${app.prefix}${spec.path}: example, ${where}: ${issue.message}`);
      }
    }
  }
  return found;
}
