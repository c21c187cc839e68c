import { answerHeaders } from "./answer-headers.ts";
import { asUnavailable, describeError } from "./away.ts";
import type { Ctx } from "./ctx.ts";
import { fail, isAppError, LOCALES, type Locale } from "./errors.ts";

export function readLocale(request: Request): Locale {
  const wanted = request.headers.get("accept-language")?.slice(0, 2);
  return LOCALES.find((locale) => locale === wanted) ?? "en";
}

export type Told = Pick<Ctx, "requestId" | "traceId" | "locale">;

/** The message of an unknown error may hold SQL or a secret: it is logged without them and never answered. */
function logUnhandled(error: unknown, { requestId, traceId }: Told): void {
  console.error(
    JSON.stringify({ level: "error", event: "unhandled", requestId, traceId, error: describeError(error) }),
  );
}

const problemHeaders = (locale: Locale): Headers =>
  answerHeaders({ "content-type": "application/problem+json", "content-language": locale });
const HEADERS: { readonly [L in Locale]: Headers } = { en: problemHeaders("en"), id: problemHeaders("id") };

/** The one writer of error answers (RFC 9457). */
export function toProblem(error: unknown, to: Told): Response {
  const { requestId, locale } = to;
  const known = isAppError(error) ? error : asUnavailable(error);
  if (!known) logUnhandled(error, to);
  const { code, status, title, detail, errors, retryAfter } = known ?? fail("internal");
  const problem = {
    type: `/problems/${code}`,
    title: title[locale],
    status,
    detail,
    code,
    requestId,
    errors,
  };
  const response = new Response(JSON.stringify(problem), { status, headers: HEADERS[locale] });
  if (status === 401) response.headers.set("www-authenticate", "Bearer");
  if (retryAfter !== undefined) response.headers.set("retry-after", String(retryAfter));
  return response;
}
