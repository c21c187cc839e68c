import type { Exporters } from "#services/social/user/queries";
import { app as users, withExport } from "#services/social/user/routes";

/** Who holds something about a person: each answers with what it is, and how it is read. */
const EXPORTERS: Exporters = {};

/** Composed here and not in the service, since half of these services stand on it. */
export const app = withExport(users, EXPORTERS);
