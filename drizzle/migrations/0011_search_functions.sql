-- What a product is found by: titles in both languages with their endings cut, and again as they are written.
CREATE FUNCTION listing_vector(title_en text, title_id text, brand text, categories text, description text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('public.search_en', coalesce(title_en, '')), 'A')
  || setweight(to_tsvector('public.search_id', coalesce(title_id, '')), 'A')
  || setweight(to_tsvector('public.search_simple', concat_ws(' ', title_en, title_id)), 'A')
  || setweight(to_tsvector('public.search_simple', coalesce(brand, '')), 'B')
  || setweight(to_tsvector('public.search_en', coalesce(categories, '')), 'C')
  || setweight(to_tsvector('public.search_simple', coalesce(categories, '')), 'C')
  || setweight(to_tsvector('public.search_en', coalesce(description, '')), 'D');

-- A query from groups of words: every group must be met, by any of its words (a word, its mended form, its
-- synonyms), in either language or as a beginning. Words are letters and digits only, so they need no quoting.
CREATE FUNCTION search_tsquery(groups jsonb) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  whole tsquery;
  part tsquery;
  one tsquery;
  entry jsonb;
  word text;
BEGIN
  FOR entry IN SELECT jsonb_array_elements(groups) LOOP
    part := NULL;
    FOR word IN SELECT jsonb_array_elements_text(entry) LOOP
      one := to_tsquery('public.search_en', word) || to_tsquery('public.search_id', word)
        || to_tsquery('public.search_simple', word || ':*');
      part := CASE WHEN part IS NULL THEN one ELSE part || one END;
    END LOOP;
    IF part IS NOT NULL THEN
      whole := CASE WHEN whole IS NULL THEN part ELSE whole && part END;
    END IF;
  END LOOP;
  RETURN whole;
END
$$;
