import pg from "pg";

/**
 * Ends what a run that was killed had in hand, so that it is taken up at once and not when its lease is over.
 * Only while nobody works on these stores: before the Worker starts.
 */
export async function endLeases(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query("UPDATE due SET lease_until = NULL WHERE lease_until IS NOT NULL");
    await client.query("UPDATE idempotency SET lease_until = created_at WHERE status IS NULL");
    // Messages that wait in a local queue are lost with the runtime.
    await client.query(
      "UPDATE outbox SET resent_at = NULL, resends = NULL WHERE closed_at IS NULL AND resends IS NOT NULL",
    );
  } finally {
    await client.end();
  }
}
