-- What the generated migrations stand on: drizzle-kit writes neither extensions nor functions.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- The guard of a write batch (workers/kernel/db.ts): what is not true raises the caller's error code and undoes
-- the batch. Unknown counts as not true. Volatile, so that no plan drops or moves the call.
CREATE FUNCTION assert_that(holds boolean, code text) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF holds IS TRUE THEN
    RETURN true;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'TC001', MESSAGE = code;
END
$$;

-- unaccent() is only STABLE, since its dictionary can be replaced; naming the dictionary makes the answer fixed,
-- so that indexes and generated columns may use it.
CREATE FUNCTION immutable_unaccent(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN public.unaccent('public.unaccent'::regdictionary, value);

-- One configuration a language of the markets: words lose their accents, then their endings.
CREATE TEXT SEARCH CONFIGURATION search_id (COPY = pg_catalog.indonesian);
ALTER TEXT SEARCH CONFIGURATION search_id
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, indonesian_stem;

CREATE TEXT SEARCH CONFIGURATION search_en (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION search_en
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;

-- For what must not be stemmed: names of sellers and brands, codes.
CREATE TEXT SEARCH CONFIGURATION search_simple (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION search_simple
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
