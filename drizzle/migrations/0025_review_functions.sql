-- The public log of reviews: a chain a product, in which each entry hashes the one before. The head is locked until
-- the commit, so two writers make two entries and no fork. The bytes are those of `entryHash` in
-- workers/services/catalog/review/domain/log.ts.
CREATE FUNCTION review_log_append(product text, at_ms bigint, act text, review_id text, content text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  head review_log_head%ROWTYPE;
  next_seq integer;
  next_hash text;
BEGIN
  INSERT INTO review_log_head (product_id, seq, hash) VALUES (product, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
  SELECT * INTO head FROM review_log_head WHERE product_id = product FOR UPDATE;
  next_seq := head.seq + 1;
  next_hash := encode(sha256(convert_to(
    concat_ws(E'\n', product, next_seq, at_ms, act, review_id, content, head.hash), 'UTF8')), 'hex');
  INSERT INTO review_log (product_id, seq, at, action, review_id, content_hash, previous_hash, hash)
    VALUES (product, next_seq, at_ms, act, review_id, content, head.hash, next_hash);
  UPDATE review_log_head SET seq = next_seq, hash = next_hash WHERE product_id = product;
END
$$;

CREATE FUNCTION review_history_is_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER review_log_append_only BEFORE UPDATE OR DELETE ON review_log
FOR EACH ROW EXECUTE FUNCTION review_history_is_append_only();

CREATE TRIGGER review_reply_append_only BEFORE UPDATE OR DELETE ON review_reply
FOR EACH ROW EXECUTE FUNCTION review_history_is_append_only();

-- Moves ratings by what one review changed. Rows are taken in the order of their key, so that two commits wait for one
-- another and never both; a row is made before it is moved, since a check sees what is proposed and not the sum.
CREATE FUNCTION review_rate(changes jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  one record;
BEGIN
  FOR one IN
    SELECT c.kind, c.subject, coalesce(sum(c.by) FILTER (WHERE stars = 1), 0) AS s1,
      coalesce(sum(c.by) FILTER (WHERE stars = 2), 0) AS s2, coalesce(sum(c.by) FILTER (WHERE stars = 3), 0) AS s3,
      coalesce(sum(c.by) FILTER (WHERE stars = 4), 0) AS s4, coalesce(sum(c.by) FILTER (WHERE stars = 5), 0) AS s5
    FROM jsonb_to_recordset(changes) AS c (kind text, subject text, stars int, by int)
    GROUP BY c.kind, c.subject ORDER BY c.kind, c.subject
  LOOP
    INSERT INTO review_rating (kind, subject_id, s1, s2, s3, s4, s5)
      VALUES (one.kind, one.subject, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING;
    UPDATE review_rating AS r SET s1 = r.s1 + one.s1, s2 = r.s2 + one.s2, s3 = r.s3 + one.s3,
        s4 = r.s4 + one.s4, s5 = r.s5 + one.s5
      WHERE r.kind = one.kind AND r.subject_id = one.subject;
  END LOOP;
END
$$;
