import {
  type DescMethodUnary,
  type DescService,
  fromJson,
  type JsonValue,
  type Message,
  toJson,
} from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type ServiceImpl,
} from "@connectrpc/connect";
import {
  universalServerRequestFromFetch,
  universalServerResponseToFetch,
} from "@connectrpc/connect/protocol";
import type * as z from "zod";
import { type Problem, ProblemSchema } from "#proto/type/v1/type_pb";
import { ANSWER_HEADERS } from "./answer-headers.ts";
import type { Output, RouteSpec, Seen } from "./app.ts";
import { JsonText } from "./cache.ts";
import type { Ctx } from "./ctx.ts";
import { type FieldError, fail } from "./errors.ts";
import { once } from "./idempotency.ts";
import { authorise, type Policy } from "./policy.ts";
import { type Told, toProblem } from "./problem.ts";

const PREFIX = "/rpc";
/** The bulk methods' hundreds of rows; the HTTP API's largest JSON command is as large. */
const MESSAGE_BYTES_MAX = 512 * 1024;
/** A caller may wait less, never longer. */
const TIMEOUT_MS_MAX = 30_000;
const KEY = /^[\x21-\x7e]{1,64}$/;

/** What came beside the message. */
type Call = { readonly headers: Headers; readonly idempotencyKey: string };

/** A method as the service gives it. What it takes and answers is parsed by the schemas of its HTTP twin. */
type RpcMethod = {
  readonly policy: Policy;
  readonly input: z.ZodType<object>;
  readonly output: z.ZodType;
  readonly idempotency?: "required";
  readonly run: (ctx: Ctx, input: never, call: Call) => Promise<unknown>;
};
type Answers<O extends z.ZodType> = Output<RouteSpec & { readonly responses: { readonly 200: O } }>;

/** Ties the types of a method together; one without a policy does not compile. */
export const rpcMethod = <I extends z.ZodType<object>, O extends z.ZodType>(method: {
  readonly policy: Policy;
  readonly input: I;
  readonly output: O;
  /** Demands an Idempotency-Key and answers a retry with the first answer. */
  readonly idempotency?: "required";
  readonly run: (ctx: Ctx, input: z.output<I>, call: Call) => Promise<Answers<O>>;
}): RpcMethod => method as unknown as RpcMethod;

/** Who is answered, or why nobody got as far as the method. */
type Asked = { readonly ctx: Ctx; readonly seen: Seen } | { readonly refusal: unknown; readonly to: Told };
const asked = createContextKey<Asked | undefined>(undefined);

/**
 * A protobuf service over the commands and queries of its HTTP twin, spoken as Connect and gRPC-Web. Messages
 * pass through their JSON form, which is that of the HTTP API: the same schemas check them.
 */
export function newRpc<S extends DescService>(
  service: S,
  methods: { readonly [M in keyof S["method"]]: RpcMethod },
) {
  const router = createConnectRouter({
    connect: true,
    grpcWeb: true,
    grpc: false,
    readMaxBytes: MESSAGE_BYTES_MAX,
    maxTimeoutMs: TIMEOUT_MS_MAX,
  });
  const implementation: {
    [method: string]: (message: Message, context: HandlerContext) => Promise<Message>;
  } = {};
  for (const desc of service.methods) {
    const method = (methods as { readonly [name: string]: RpcMethod })[desc.localName];
    if (!method || desc.methodKind !== "unary") throw new Error(`${desc.name} is not served`);
    implementation[desc.localName] = (message, context) =>
      answer(desc as DescMethodUnary, method, message, context);
  }
  // Each method of the contract is in it, which the type of `methods` demands.
  router.service(service, implementation as unknown as Partial<ServiceImpl<S>>);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  const handle = async (request: Request, values: Asked): Promise<Response> => {
    const handler = handlers.get(new URL(request.url).pathname.slice(PREFIX.length));
    if (!handler) throw "refusal" in values ? values.refusal : fail("route.not_found");
    const universal = universalServerRequestFromFetch(request, {});
    const contextValues = createContextValues().set(asked, values);
    const response = universalServerResponseToFetch(await handler({ ...universal, contextValues }));
    for (const [header, value] of ANSWER_HEADERS) response.headers.set(header, value);
    return response;
  };
  return {
    service,
    methods: methods as { readonly [name: string]: RpcMethod },
    fetch: (request: Request, ctx: Ctx, seen: Seen): Promise<Response> => handle(request, { ctx, seen }),
    /** A refusal before the method (limit, token, market), told in the protocol that the caller speaks. */
    refuse: (request: Request, refusal: unknown, to: Told): Promise<Response> =>
      handle(request, { refusal, to }),
  };
}

async function answer(
  desc: DescMethodUnary,
  method: RpcMethod,
  message: Message,
  context: HandlerContext,
): Promise<Message> {
  const values = context.values.get(asked);
  if (!values) throw new Error("a call has its values");
  if ("refusal" in values) throw await refusalOf(values.refusal, values.to);
  const { ctx, seen } = values;
  seen.route = `RPC ${desc.parent.typeName}/${desc.name}`;
  try {
    authorise(method.policy, ctx.actor);
    const input = parse(method.input, toJson(desc.input, message));
    const dto = await run(ctx, { method, route: seen.route }, input, context.requestHeader);
    // What the contract does not name stays with the HTTP API.
    return fromJson(desc.output, dto, { ignoreUnknownFields: true });
  } catch (error) {
    const refusal = error instanceof ConnectError ? error : await refusalOf(error, ctx);
    seen.status = HTTP_STATUS.get(refusal) ?? 500;
    throw refusal;
  }
}

function parse(schema: z.ZodType<object>, value: unknown): object {
  const { data, error } = schema.safeParse(value);
  if (data) return data;
  const errors: FieldError[] = (error?.issues ?? []).map(({ path, code, message }) => {
    return { path: path.join("."), code, message };
  });
  throw fail("request.invalid", { errors });
}

type Named = { readonly method: RpcMethod; readonly route: string };

async function run(ctx: Ctx, { method, route }: Named, input: object, headers: Headers): Promise<JsonValue> {
  const { idempotency, run: work } = method;
  const idempotencyKey = headers.get("idempotency-key") ?? "";
  const call = { headers, idempotencyKey };
  if (idempotency === undefined) return toDto(await work(ctx, input as never, call));
  if (!KEY.test(idempotencyKey)) throw fail("request.key_missing");
  // A refusal of a keyed command is an answer like any other, and kept like one.
  const { status, body } = await once(ctx, { route, key: idempotencyKey, input }, async () => {
    try {
      return { status: 200, body: JSON.stringify(toDto(await work(ctx, input as never, call))) };
    } catch (error) {
      const problem = toProblem(error, ctx);
      return { status: problem.status, body: await problem.text() };
    }
  });
  const answered = JSON.parse(body) as JsonValue;
  if (status < 400) return answered;
  throw toConnectError(answered as unknown as ProblemDto);
}

/** As it would stand on the wire: without what is undefined, and parsed when it is a text of the cache. */
function toDto(output: unknown): JsonValue {
  if (output instanceof JsonText) return JSON.parse(output.text) as JsonValue;
  return JSON.parse(JSON.stringify(output ?? {})) as JsonValue;
}

type ProblemDto = Omit<Problem, "$typeName" | "$unknown"> & { readonly retryAfter?: string };

const CODES: { readonly [status: number]: Code } = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  409: Code.FailedPrecondition,
  412: Code.Aborted,
  413: Code.ResourceExhausted,
  415: Code.InvalidArgument,
  422: Code.AlreadyExists,
  428: Code.FailedPrecondition,
  429: Code.ResourceExhausted,
  503: Code.Unavailable,
  504: Code.DeadlineExceeded,
};
/** gRPC-Web answers 200 whatever happened: metrics count what the HTTP API would have answered. */
const HTTP_STATUS = new WeakMap<ConnectError, number>();

async function refusalOf(error: unknown, to: Told): Promise<ConnectError> {
  const response = toProblem(error, to);
  const problem = (await response.json()) as ProblemDto;
  return toConnectError(problem, response.headers.get("retry-after"));
}

/** Our code, its title and the fields at fault stand in the details, as `titan.type.v1.Problem`. */
function toConnectError(problem: ProblemDto, retryAfter: string | null = null): ConnectError {
  const { status, code, title, detail, requestId, errors } = problem;
  const value = { code, title, status, requestId, errors: errors ?? [], ...(detail ? { detail } : {}) };
  const metadata = retryAfter === null ? {} : { "retry-after": retryAfter };
  const error = new ConnectError(detail ?? title, CODES[status] ?? Code.Internal, metadata, [
    { desc: ProblemSchema, value },
  ]);
  HTTP_STATUS.set(error, status);
  return error;
}
