type Filling = {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
};

/**
 * The address of a call of the API, `GET /v1/products/{idOrSlug}` filled in. The same call always has the
 * same one, whatever order its query was given in: pages find by it what the Worker read for them.
 */
export function addressOf(name: string, { path = {}, query = {} }: Filling): string {
  const [, template = ""] = name.split(" ", 2);
  const filled = template.replace(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(path[part] ?? ""));
  const search = new URLSearchParams();
  for (const [part, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(part, String(value));
  }
  search.sort();
  return search.size === 0 ? filled : `${filled}?${search}`;
}
