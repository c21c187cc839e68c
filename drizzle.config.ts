import { defineConfig } from "drizzle-kit";

/** For drizzle-kit's own tools (studio, check). `npm run db:generate` writes the migrations. */
export default defineConfig({
  dialect: "postgresql",
  schema: [
    "./drizzle/schema/**/*.ts",
    "./workers/kernel/outbox.ts",
    "./workers/kernel/due.ts",
    "./workers/kernel/idempotency.ts",
  ],
  out: "./drizzle/migrations",
  casing: "snake_case",
});
