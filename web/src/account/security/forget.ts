import { forgetReads } from "../../api/queries.ts";

/** What changes how one signs in changes what is read of it, and is written down. */
export const forgetSecurity = () =>
  forgetReads([
    "GET /v1/auth/account",
    "GET /v1/auth/passkeys",
    "GET /v1/auth/sessions",
    "GET /v1/auth/audit",
  ]);
