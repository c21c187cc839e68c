-- Vouchers are used and given back here, in the commit of the checkout or the consumer that asks for it. Limits of a
-- person are counted behind a lock of that person; limits of all are rows of voucher_counter. Every caller takes its
-- locks in one order: people, redemptions, counters by voucher and day.

-- Uses vouchers for an order group, all or none: [{ voucher_id, version, amount_minor, shares: [{ seller_id,
-- amount_minor, lines }] }]. What the group has used already is left as it is.
CREATE FUNCTION voucher_redeem(
  p_group text, p_buyer text, p_email text, p_day text, p_rows jsonb, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_made text[];
  v_wanted integer := jsonb_array_length(p_rows);
  v_found integer;
  v_counters integer;
BEGIN
  WITH made AS (
    INSERT INTO voucher_redemption (order_group_id, voucher_id, code, voucher_version, seller_id, target, buyer_id,
      email_key, day, amount_minor, currency, benefit, conditions, first_order, state, created_at)
    SELECT p_group, v.id, v.code, v.version, v.seller_id, v.target, p_buyer, p_email, p_day, w.amount_minor,
      v.currency, v.benefit, v.conditions, v.first_order, 'redeemed', p_now
    FROM jsonb_to_recordset(p_rows) AS w (voucher_id text, version integer, amount_minor bigint)
      JOIN voucher v ON v.id = w.voucher_id AND v.version = w.version AND v.state = 'active'
        AND v.starts_at <= p_now AND p_now < v.ends_at
    ORDER BY v.id
    ON CONFLICT (order_group_id, voucher_id) DO NOTHING
    RETURNING voucher_id)
  SELECT coalesce(array_agg(voucher_id ORDER BY voucher_id), '{}') INTO v_made FROM made;
  SELECT count(*) INTO v_found FROM voucher_redemption r
    JOIN jsonb_to_recordset(p_rows) AS w (voucher_id text) ON w.voucher_id = r.voucher_id
  WHERE r.order_group_id = p_group;
  PERFORM assert_that(v_found = v_wanted, 'voucher.changed');
  IF cardinality(v_made) = 0 THEN
    RETURN;
  END IF;

  INSERT INTO voucher_share (order_group_id, voucher_id, seller_id, amount_minor, lines, state)
  SELECT p_group, w.voucher_id, s.seller_id, s.amount_minor, s.lines, 'held'
  FROM jsonb_to_recordset(p_rows) AS w (voucher_id text, shares jsonb)
    CROSS JOIN LATERAL jsonb_to_recordset(w.shares) AS s (seller_id text, amount_minor bigint, lines jsonb)
  WHERE w.voucher_id = ANY (v_made);

  PERFORM voucher_check_person(v_made, p_group, p_buyer, p_email, p_day);

  -- The busiest rows last, so that buyers of one voucher wait for each other no longer than they must.
  WITH limits AS (
    SELECT v.id, d.day, d.used_max, w.amount_minor, d.spent_max
    FROM jsonb_to_recordset(p_rows) AS w (voucher_id text, amount_minor bigint) JOIN voucher v ON v.id = w.voucher_id
      CROSS JOIN LATERAL (VALUES ('', v.quota, v.budget_minor), (p_day, v.per_day, NULL))
        AS d (day, used_max, spent_max)
    WHERE v.id = ANY (v_made) AND (d.used_max IS NOT NULL OR d.spent_max IS NOT NULL)),
  counted AS (
    INSERT INTO voucher_counter AS c (voucher_id, day, used, used_max, spent_minor, spent_max_minor)
    SELECT id, day, 1, used_max, amount_minor, spent_max FROM limits
    WHERE amount_minor <= coalesce(spent_max, amount_minor)
    ORDER BY id, day
    ON CONFLICT (voucher_id, day) DO UPDATE SET used = c.used + 1, used_max = excluded.used_max,
      spent_minor = c.spent_minor + excluded.spent_minor, spent_max_minor = excluded.spent_max_minor
    WHERE c.used < coalesce(excluded.used_max, c.used + 1)
      AND c.spent_minor + excluded.spent_minor
        <= coalesce(excluded.spent_max_minor, c.spent_minor + excluded.spent_minor)
    RETURNING 1)
  SELECT (SELECT count(*) FROM limits), (SELECT count(*) FROM counted) INTO v_wanted, v_counters;
  PERFORM assert_that(v_wanted = v_counters, 'voucher.exhausted');
END
$$;

-- What one person may: has collected it, buys for the first time, has not used it too often. A person is an account or
-- a visitor, and an address; both are locked, so that his own checkouts come here one after the other.
CREATE FUNCTION voucher_check_person(p_made text[], p_group text, p_buyer text, p_email text, p_day text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_is_limited boolean;
  v_holds boolean;
BEGIN
  SELECT bool_and(NOT v.must_collect OR EXISTS (
      SELECT 1 FROM voucher_collection c WHERE c.buyer_id = p_buyer AND c.voucher_id = v.id)),
    bool_or(v.first_order OR v.per_buyer IS NOT NULL OR v.per_buyer_day IS NOT NULL)
  INTO v_holds, v_is_limited
  FROM voucher v WHERE v.id = ANY (p_made);
  PERFORM assert_that(v_holds, 'voucher.not_collected');
  IF NOT v_is_limited THEN
    RETURN;
  END IF;

  PERFORM pg_advisory_xact_lock(k) FROM (
    SELECT DISTINCT hashtextextended('voucher ' || identity, 0) AS k
    FROM unnest(ARRAY[p_buyer, p_email]) AS identity ORDER BY 1) AS people;

  SELECT bool_and(uses.used <= coalesce(v.per_buyer, uses.used)
    AND uses.today <= coalesce(v.per_buyer_day, uses.today)) INTO v_holds
  FROM voucher v CROSS JOIN LATERAL (
    SELECT count(*) AS used, count(*) FILTER (WHERE r.day = p_day) AS today
    FROM voucher_redemption r
    WHERE r.voucher_id = v.id AND r.state = 'redeemed' AND (r.buyer_id = p_buyer OR r.email_key = p_email)) uses
  WHERE v.id = ANY (p_made);
  PERFORM assert_that(v_holds, 'voucher.exhausted');

  IF EXISTS (SELECT 1 FROM voucher v WHERE v.id = ANY (p_made) AND v.first_order) THEN
    PERFORM assert_that(NOT EXISTS (
        SELECT 1 FROM voucher_patron WHERE identity IN (p_buyer, p_email) AND NOT is_cancelled)
      AND NOT EXISTS (
        SELECT 1 FROM voucher_redemption r
        WHERE (r.buyer_id = p_buyer OR r.email_key = p_email) AND r.state = 'redeemed' AND r.first_order
          AND r.order_group_id <> p_group), 'voucher.changed');
  END IF;
END
$$;

-- Gives back the shares of cancelled orders, [{ order_group_id, seller_id, voucher_id | null }], and a use with its
-- last share. A share that was given back or earned before stays as it is, so that a repeat changes nothing.
CREATE FUNCTION voucher_release(p_orders jsonb, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_spent jsonb;
  v_used jsonb;
BEGIN
  -- Two orders of one group that end at once must see each other's shares.
  PERFORM 1 FROM voucher_redemption r
  WHERE r.state = 'redeemed' AND r.order_group_id IN (
    SELECT order_group_id FROM jsonb_to_recordset(p_orders) AS o (order_group_id text))
  ORDER BY r.order_group_id, r.voucher_id FOR NO KEY UPDATE;

  WITH freed AS (
    UPDATE voucher_share s SET state = 'released', settled_at = p_now
    FROM jsonb_to_recordset(p_orders) AS o (order_group_id text, seller_id text, voucher_id text)
    WHERE s.order_group_id = o.order_group_id AND s.seller_id = o.seller_id AND s.state = 'held'
      AND s.voucher_id = coalesce(o.voucher_id, s.voucher_id)
    RETURNING s.voucher_id, s.amount_minor)
  SELECT coalesce(jsonb_agg(jsonb_build_object('voucher_id', voucher_id, 'day', '', 'used', 0, 'minor', amount_minor)),
    '[]') INTO v_spent FROM freed;

  WITH ended AS (
    UPDATE voucher_redemption r SET state = 'released', released_at = p_now
    WHERE r.state = 'redeemed' AND r.order_group_id IN (
        SELECT order_group_id FROM jsonb_to_recordset(p_orders) AS o (order_group_id text))
      AND NOT EXISTS (
        SELECT 1 FROM voucher_share s
        WHERE s.order_group_id = r.order_group_id AND s.voucher_id = r.voucher_id AND s.state <> 'released')
    RETURNING r.voucher_id, r.day, r.amount_minor)
  SELECT coalesce(jsonb_agg(jsonb_build_object('voucher_id', voucher_id, 'day', d, 'used', 1,
    'minor', CASE d WHEN '' THEN 0 ELSE amount_minor END)), '[]') INTO v_used
  FROM ended CROSS JOIN LATERAL unnest(ARRAY['', ended.day]) AS d;

  PERFORM 1 FROM voucher_counter c
    JOIN (SELECT DISTINCT voucher_id, day FROM jsonb_to_recordset(v_spent || v_used) AS b (voucher_id text, day text)) b
      USING (voucher_id, day)
  ORDER BY c.voucher_id, c.day FOR NO KEY UPDATE OF c;
  UPDATE voucher_counter c SET used = c.used - b.used, spent_minor = c.spent_minor - b.minor
  FROM (
    SELECT voucher_id, day, sum(used)::integer AS used, sum(minor)::bigint AS minor
    FROM jsonb_to_recordset(v_spent || v_used) AS b (voucher_id text, day text, used integer, minor bigint)
    GROUP BY voucher_id, day) b
  WHERE c.voucher_id = b.voucher_id AND c.day = b.day;
END
$$;
