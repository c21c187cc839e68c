import fc from "fast-check";

/** A failed property prints its seed; given as SEED it draws the same cases again. */
const { SEED } = process.env;
if (SEED !== undefined) {
  const seed = Number(SEED);
  if (!Number.isInteger(seed)) throw new Error(`SEED=${SEED} is not a whole number`);
  fc.configureGlobal({ seed });
}
