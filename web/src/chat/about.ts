/** What a conversation is opened about: shown above the first words, and sent with them. */
export type About = { readonly product?: string | undefined; readonly order?: string | undefined };

export const aboutOf = (given: { readonly [name: string]: unknown }): About => ({
  product: idOf(given.product, "prd_"),
  order: idOf(given.order, "ord_"),
});

const idOf = (value: unknown, prefix: string): string | undefined =>
  typeof value === "string" && value.startsWith(prefix) ? value : undefined;
