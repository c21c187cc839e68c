export const CHANGE_STATES = ["applied", "pending", "superseded", "rejected"] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];
/** The fields that a change sets, as the API takes them. */
export type ChangePatch = { readonly [field: string]: unknown };
