-- Inventory, continued: what an offer is made of, where stock is taken from, who waits for it, and how it moves
-- between locations.

-- The items of these offers as they are made today: their own, or a bundle's components.
CREATE FUNCTION inventory_sold_by(p_offers text[]) RETURNS text[] LANGUAGE sql STABLE
RETURN ARRAY(
  SELECT item_id FROM stock_offer WHERE offer_id = ANY (p_offers) AND item_id IS NOT NULL
  UNION SELECT item_id FROM stock_component WHERE bundle_id = ANY (p_offers));

-- The offers that sell one of these items, alone or in a bundle.
CREATE FUNCTION inventory_sellers_of(p_items text[]) RETURNS TABLE (offer_id text, seller_id text)
LANGUAGE sql STABLE AS $$
  SELECT offer_id, seller_id FROM stock_offer WHERE item_id = ANY (p_items)
  UNION SELECT o.offer_id, o.seller_id FROM stock_component c JOIN stock_offer o ON o.offer_id = c.bundle_id
  WHERE c.item_id = ANY (p_items)
$$;

-- The items of lines: an offer's own, or what a bundle was made of when the reservation was made. An offer that was
-- never stocked has the item null, which nobody has. What was a bundle then stays one, though it may have become an
-- item of its own since.
CREATE FUNCTION inventory_parts(p_reservation text, p_lines jsonb) RETURNS TABLE (item_id text, quantity bigint)
LANGUAGE sql STABLE AS $$
  SELECT coalesce(c.item_id, o.item_id), l.quantity * coalesce(c.quantity, 1)
  FROM jsonb_to_recordset(p_lines) AS l (offer_id text, quantity bigint)
    LEFT JOIN stock_offer o ON o.offer_id = l.offer_id
    LEFT JOIN stock_hold_component c ON c.reservation_id = p_reservation AND c.bundle_id = l.offer_id
$$;

-- How much of each wanted item each open location can give. What is sold ahead is touched only where all shelves
-- together have not enough of an item.
CREATE FUNCTION inventory_free(p_items text[], p_quantities bigint[])
RETURNS TABLE (item_id text, wanted bigint, location_id text, free bigint) LANGUAGE sql STABLE AS $$
  WITH wanted AS (
    SELECT w.item_id, sum(w.quantity)::bigint AS quantity
    FROM unnest(p_items, p_quantities) AS w (item_id, quantity) GROUP BY w.item_id),
  shelf AS (
    SELECT w.item_id, w.quantity, l.location_id, l.backorder_max,
      l.on_hand - l.reserved - l.allocated - l.safety AS free,
      sum(greatest(0, l.on_hand - l.reserved - l.allocated - l.safety)) OVER (PARTITION BY w.item_id) AS on_shelves
    FROM wanted w JOIN stock_level l ON l.item_id = w.item_id
      JOIN stock_location p ON p.id = l.location_id AND p.closed_at IS NULL)
  SELECT item_id, quantity, location_id, free FROM (
    SELECT item_id, quantity, location_id,
      (free + CASE WHEN on_shelves >= quantity THEN 0 ELSE backorder_max END)::bigint AS free
    FROM shelf) f
  WHERE free > 0
$$;

-- Where a reservation is taken from: one location that has all of it, else two that have it together, else whoever
-- completes the most lines next. Among equals the shop's priority decides, then cost, then age.
CREATE FUNCTION inventory_choose(p_items text[], p_quantities bigint[], OUT places text[], OUT reason text)
LANGUAGE plpgsql AS $$
DECLARE
  v_wanted bigint := (SELECT count(DISTINCT i) FROM unnest(p_items) i);
  v_next text;
BEGIN
  WITH place AS (
    SELECT f.location_id, count(*) FILTER (WHERE f.free >= f.wanted) = v_wanted AS is_whole
    FROM inventory_free(p_items, p_quantities) f GROUP BY f.location_id),
  ranked AS (
    SELECT s.id, s.priority, s.parcel_cost_minor AS cost, p.is_whole,
      count(*) OVER () AS of_all, count(*) FILTER (WHERE p.is_whole) OVER () AS of_whole
    FROM place p JOIN stock_location s ON s.id = p.location_id)
  SELECT ARRAY[id], CASE WHEN of_all > 1 THEN
    format('one parcel: %s of %s locations have it all; priority %s', of_whole, of_all, priority)
      || coalesce(format(', cost %s', cost), '') END
  INTO places, reason
  FROM ranked WHERE is_whole ORDER BY priority, coalesce(cost, 0), id LIMIT 1;
  IF places IS NOT NULL THEN
    RETURN;
  END IF;

  WITH free AS MATERIALIZED (SELECT * FROM inventory_free(p_items, p_quantities)),
  place AS (
    SELECT s.id, row_number() OVER (ORDER BY s.priority, coalesce(s.parcel_cost_minor, 0), s.id) AS rank
    FROM stock_location s WHERE s.id IN (SELECT location_id FROM free)),
  grid AS MATERIALIZED (
    SELECT w.item_id, w.wanted, p.id, p.rank, coalesce(f.free, 0) AS free
    FROM (SELECT DISTINCT item_id, wanted FROM free) w CROSS JOIN place p
      LEFT JOIN free f ON f.item_id = w.item_id AND f.location_id = p.id)
  SELECT ARRAY[a.id, b.id] INTO places FROM grid a JOIN grid b ON b.item_id = a.item_id AND b.rank > a.rank
  GROUP BY a.id, a.rank, b.id, b.rank HAVING count(*) FILTER (WHERE a.free + b.free >= a.wanted) = v_wanted
  ORDER BY a.rank, b.rank LIMIT 1;
  IF places IS NOT NULL THEN
    reason := 'two parcels: no location has it all';
    RETURN;
  END IF;

  places := '{}';
  LOOP
    WITH free AS MATERIALIZED (SELECT * FROM inventory_free(p_items, p_quantities)),
    missing AS (
      SELECT item_id, wanted - coalesce(sum(free) FILTER (WHERE location_id = ANY (places)), 0) AS units
      FROM free GROUP BY item_id, wanted)
    SELECT s.id INTO v_next
    FROM free f JOIN missing m ON m.item_id = f.item_id AND m.units > 0 JOIN stock_location s ON s.id = f.location_id
    WHERE s.id <> ALL (places) GROUP BY s.id
    ORDER BY count(*) FILTER (WHERE f.free >= m.units) DESC, sum(least(f.free, m.units)) DESC, s.priority,
      coalesce(s.parcel_cost_minor, 0), s.id
    LIMIT 1;
    EXIT WHEN NOT FOUND;
    places := places || v_next;
  END LOOP;
  reason := format('%s parcels: no two locations have it all', cardinality(places));
END
$$;

-- Units of a level that were promised before this hold; a lapsed hold counts until somebody has ended it.
CREATE FUNCTION inventory_before(p_hold stock_hold) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(o.quantity), 0)::bigint FROM stock_hold o JOIN stock_reservation r ON r.id = o.reservation_id
  WHERE o.item_id = p_hold.item_id AND o.location_id = p_hold.location_id
    AND (o.seq, o.reservation_id) < (p_hold.seq, p_hold.reservation_id)
    AND r.state IN ('held', 'committed')
$$;

-- Makes an offer a bundle of these, or of these from now on. The row of the offer is locked first: an offer either
-- has an item or components, whoever defines and counts at once. The components have been counted before, by the same
-- shop. [{ offer_id, quantity }]
CREATE FUNCTION inventory_define_bundle(p_bundle text, p_seller text, p_components jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_is_right boolean;
BEGIN
  INSERT INTO stock_offer (offer_id, item_id, seller_id) VALUES (p_bundle, NULL, p_seller)
  ON CONFLICT (offer_id) DO UPDATE SET seller_id = excluded.seller_id
    WHERE stock_offer.item_id IS NULL AND stock_offer.seller_id = excluded.seller_id;
  PERFORM assert_that(FOUND, 'inventory.item_exists');

  SELECT bool_and(coalesce(o.seller_id = p_seller, false)) INTO v_is_right
  FROM jsonb_to_recordset(p_components) AS c (offer_id text) LEFT JOIN stock_offer o ON o.offer_id = c.offer_id;
  PERFORM assert_that(v_is_right, 'inventory.offer_not_found');
  SELECT bool_and(o.item_id IS NOT NULL) INTO v_is_right
  FROM jsonb_to_recordset(p_components) AS c (offer_id text) JOIN stock_offer o ON o.offer_id = c.offer_id;
  PERFORM assert_that(v_is_right, 'inventory.bundle_nested');

  DELETE FROM stock_component WHERE bundle_id = p_bundle;
  INSERT INTO stock_component (bundle_id, offer_id, item_id, quantity)
  SELECT p_bundle, c.offer_id, o.item_id, c.quantity
  FROM jsonb_to_recordset(p_components) AS c (offer_id text, quantity integer)
    JOIN stock_offer o ON o.offer_id = c.offer_id;
END
$$;

-- The offer is no bundle any more and has no stock until it is counted; what is reserved keeps what it was made of.
CREATE FUNCTION inventory_remove_bundle(p_bundle text, p_seller text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM stock_offer WHERE offer_id = p_bundle AND seller_id = p_seller AND item_id IS NULL;
  PERFORM assert_that(FOUND, 'inventory.bundle_not_found');
  DELETE FROM stock_component WHERE bundle_id = p_bundle;
END
$$;

-- How many units of an item may be sold before they are there, all of them at one location; 0 ends it. Less than what
-- has been sold ahead already is refused by the level's own check. [{ offer_id, seller_id, location_id, is_first }]
CREATE FUNCTION inventory_sell_ahead(
  p_rows jsonb, p_location_name text, p_kind text, p_units integer, p_promised timestamptz, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM inventory_ensure(p_rows, p_location_name, p_now);
  UPDATE stock_level l SET updated_at = p_now,
    backorder_max = CASE WHEN l.location_id = r.location_id THEN p_units ELSE 0 END
  FROM jsonb_to_recordset(p_rows) AS r (offer_id text, location_id text) JOIN stock_offer o ON o.offer_id = r.offer_id
  WHERE l.item_id = o.item_id;
  UPDATE stock_item i SET ahead_kind = p_kind, promised_at = p_promised
  FROM jsonb_to_recordset(p_rows) AS r (offer_id text) JOIN stock_offer o ON o.offer_id = r.offer_id
  WHERE i.id = o.item_id;
END
$$;

-- Goods leave one location and are expected at another, once an operation; they are counted in where they come.
-- Only what is promised to nobody may leave. [{ offer_id, quantity }]
CREATE FUNCTION inventory_send(
  p_operation text, p_seller text, p_from text, p_to text, p_lines jsonb, p_actor text, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_items text[];
  v_is_right boolean;
BEGIN
  -- Held against closing until the commit.
  WITH locked AS (
    SELECT id FROM stock_location
    WHERE id IN (p_from, p_to) AND seller_id = p_seller AND closed_at IS NULL ORDER BY id FOR SHARE)
  SELECT count(*) = 2 INTO v_is_right FROM locked;
  PERFORM assert_that(v_is_right, 'inventory.location_not_found');

  SELECT bool_and(o.item_id IS NOT NULL AND o.seller_id = p_seller), array_agg(DISTINCT o.item_id)
  INTO v_is_right, v_items
  FROM jsonb_to_recordset(p_lines) AS l (offer_id text) LEFT JOIN stock_offer o ON o.offer_id = l.offer_id;
  PERFORM assert_that(v_is_right, 'inventory.offer_not_found');
  INSERT INTO stock_level (item_id, location_id, seller_id, on_hand, reserved, allocated, safety, incoming,
    backorder_max, updated_at)
  SELECT item_id, p_to, p_seller, 0, 0, 0, 0, 0, 0, p_now FROM unnest(v_items) AS i (item_id) ORDER BY 1
  ON CONFLICT (item_id, location_id) DO NOTHING;
  PERFORM inventory_prepare(v_items, p_now);
  IF EXISTS (SELECT 1 FROM stock_movement WHERE operation = p_operation) THEN
    RETURN;
  END IF;

  WITH sent AS (
    SELECT o.item_id, sum(l.quantity)::integer AS quantity
    FROM jsonb_to_recordset(p_lines) AS l (offer_id text, quantity bigint)
      JOIN stock_offer o ON o.offer_id = l.offer_id
    GROUP BY o.item_id),
  change AS (
    SELECT item_id, p_from AS location_id, 'transfer_out' AS kind, -quantity AS on_hand, 0 AS incoming FROM sent
    UNION ALL
    SELECT item_id, p_to, 'transfer_expect', 0, quantity FROM sent),
  levelled AS (
    UPDATE stock_level l SET on_hand = l.on_hand + c.on_hand, incoming = l.incoming + c.incoming, updated_at = p_now
    FROM change c WHERE l.item_id = c.item_id AND l.location_id = c.location_id
      AND (c.on_hand = 0 OR l.on_hand - l.reserved - l.allocated + c.on_hand >= 0)
    RETURNING c.*),
  moved AS (
    INSERT INTO stock_movement
      (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, operation, actor, at)
    SELECT p_seller, item_id, location_id, kind, on_hand, 0, 0, incoming, p_operation, p_actor, p_now
    FROM levelled ORDER BY item_id, location_id)
  SELECT count(*) = 2 * cardinality(v_items) INTO v_is_right FROM levelled;
  PERFORM assert_that(v_is_right, 'inventory.below_promised');
END
$$;

-- What is on its way has come, or comes back to where it left. What was sent and not counted in is lost; null counts
-- mean all of it. Ended the same way before: nothing happens. [{ offer_id, quantity }] | null
CREATE FUNCTION inventory_end_transfer(
  p_transfer text, p_seller text, p_state text, p_counts jsonb, p_actor text, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_state text;
  v_place text;
  v_to text;
  v_is_right boolean;
BEGIN
  SELECT state, to_location_id, CASE p_state WHEN 'received' THEN to_location_id ELSE from_location_id END
  INTO v_state, v_to, v_place
  FROM stock_transfer WHERE id = p_transfer AND seller_id = p_seller FOR NO KEY UPDATE;
  PERFORM assert_that(v_state IS NOT NULL, 'inventory.transfer_not_found');
  IF v_state = p_state THEN
    RETURN;
  END IF;
  PERFORM assert_that(v_state = 'sent', 'inventory.transfer_ended');
  -- Held against closing until the commit.
  PERFORM 1 FROM stock_location WHERE id = v_place AND closed_at IS NULL FOR SHARE;
  PERFORM assert_that(FOUND, 'inventory.location_not_found');
  SELECT bool_and(coalesce(l.quantity >= c.quantity, false)) INTO v_is_right
  FROM jsonb_to_recordset(p_counts) AS c (offer_id text, quantity bigint)
    LEFT JOIN stock_transfer_line l ON l.transfer_id = p_transfer AND l.offer_id = c.offer_id;
  PERFORM assert_that(p_counts IS NULL OR v_is_right IS TRUE, 'inventory.transfer_unlike');

  UPDATE stock_transfer SET state = p_state, ended_by = p_actor, ended_at = p_now WHERE id = p_transfer;
  UPDATE stock_transfer_line l SET arrived = CASE WHEN p_counts IS NULL THEN l.quantity ELSE coalesce(
    (SELECT c.quantity FROM jsonb_to_recordset(p_counts) AS c (offer_id text, quantity integer)
      WHERE c.offer_id = l.offer_id), 0) END
  WHERE l.transfer_id = p_transfer;
  PERFORM inventory_lock(ARRAY(
    SELECT DISTINCT o.item_id FROM stock_transfer_line l JOIN stock_offer o ON o.offer_id = l.offer_id
    WHERE l.transfer_id = p_transfer));

  WITH moving AS (
    SELECT o.item_id, sum(l.quantity)::integer AS quantity, sum(l.arrived)::integer AS arrived
    FROM stock_transfer_line l JOIN stock_offer o ON o.offer_id = l.offer_id
    WHERE l.transfer_id = p_transfer GROUP BY o.item_id),
  change AS (
    SELECT l.seller_id, l.item_id, l.location_id,
      CASE WHEN l.location_id = v_place THEN m.arrived ELSE 0 END AS on_hand,
      CASE WHEN l.location_id = v_to THEN -least(m.quantity, l.incoming) ELSE 0 END AS incoming
    FROM moving m JOIN stock_level l ON l.item_id = m.item_id AND l.location_id IN (v_place, v_to)),
  moved AS (
    INSERT INTO stock_movement
      (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, operation, actor, at)
    SELECT seller_id, item_id, location_id, CASE p_state WHEN 'received' THEN 'transfer_in' ELSE 'transfer_back' END,
      on_hand, 0, 0, incoming, p_transfer, p_actor, p_now
    FROM change ORDER BY item_id, location_id)
  UPDATE stock_level l SET on_hand = l.on_hand + c.on_hand, incoming = l.incoming + c.incoming, updated_at = p_now
  FROM change c WHERE l.item_id = c.item_id AND l.location_id = c.location_id;
END
$$;
