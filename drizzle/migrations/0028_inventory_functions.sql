-- Inventory, continued: what an offer is made of, where stock is taken from, who waits for it, and how it moves
-- between locations.

-- The items of lines: an offer's own, or what a bundle was made of when the reservation was made. An offer that was
-- never stocked has the item null, which nobody has.
CREATE FUNCTION inventory_parts(p_reservation text, p_lines jsonb) RETURNS TABLE (item_id text, quantity bigint)
LANGUAGE sql STABLE AS $$
  SELECT coalesce(o.item_id, c.item_id), l.quantity * coalesce(c.quantity, 1)
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

-- Great-circle distance in whole kilometres; null where either end is unknown.
CREATE FUNCTION inventory_km(
  p_latitude double precision, p_longitude double precision, q_latitude double precision, q_longitude double precision
) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN round(12742 * asin(sqrt(least(1, power(sin(radians(q_latitude - p_latitude) / 2), 2)
  + cos(radians(p_latitude)) * cos(radians(q_latitude)) * power(sin(radians(q_longitude - p_longitude) / 2), 2)))));

-- Where a reservation is taken from: one location that has all of it, else two that have it together, else whoever
-- completes the most lines next. Among equals the shop's priority decides, then distance, then cost, then age.
CREATE FUNCTION inventory_choose(
  p_items text[], p_quantities bigint[], p_latitude double precision, p_longitude double precision,
  OUT places text[], OUT reason text
) LANGUAGE plpgsql AS $$
DECLARE
  v_wanted bigint := (SELECT count(DISTINCT i) FROM unnest(p_items) i);
  v_next text;
BEGIN
  WITH place AS (
    SELECT f.location_id, count(*) FILTER (WHERE f.free >= f.wanted) = v_wanted AS is_whole
    FROM inventory_free(p_items, p_quantities) f GROUP BY f.location_id),
  ranked AS (
    SELECT s.id, s.priority, s.parcel_cost_minor AS cost, p.is_whole,
      inventory_km(p_latitude, p_longitude, s.latitude, s.longitude) AS km,
      count(*) OVER () AS of_all, count(*) FILTER (WHERE p.is_whole) OVER () AS of_whole
    FROM place p JOIN stock_location s ON s.id = p.location_id)
  SELECT ARRAY[id], CASE WHEN of_all > 1 THEN
    format('one parcel: %s of %s locations have it all; priority %s', of_whole, of_all, priority)
      || coalesce(format(', %s km', km), '') || coalesce(format(', cost %s', cost), '') END
  INTO places, reason
  FROM ranked WHERE is_whole ORDER BY priority, km NULLS LAST, coalesce(cost, 0), id LIMIT 1;
  IF places IS NOT NULL THEN
    RETURN;
  END IF;

  WITH free AS MATERIALIZED (SELECT * FROM inventory_free(p_items, p_quantities)),
  place AS (
    SELECT s.id, row_number() OVER (ORDER BY s.priority,
      inventory_km(p_latitude, p_longitude, s.latitude, s.longitude) NULLS LAST,
      coalesce(s.parcel_cost_minor, 0), s.id) AS rank
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
      inventory_km(p_latitude, p_longitude, s.latitude, s.longitude) NULLS LAST, coalesce(s.parcel_cost_minor, 0), s.id
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

-- Units that were sold ahead and are not there yet, by hold: those who came first are served first.
CREATE FUNCTION inventory_waiting(p_seller text, p_reservations text[])
RETURNS TABLE (reservation_id text, item_id text, location_id text, seq bigint, waiting bigint)
LANGUAGE sql STABLE AS $$
  SELECT * FROM (
    SELECT h.reservation_id, h.item_id, h.location_id, h.seq,
      least(h.quantity, sum(h.quantity) OVER (
        PARTITION BY h.item_id, h.location_id ORDER BY h.seq, h.reservation_id) - l.on_hand) AS waiting
    FROM stock_level l JOIN stock_hold h ON h.item_id = l.item_id AND h.location_id = l.location_id AND h.quantity > 0
      JOIN stock_reservation r ON r.id = h.reservation_id AND r.state IN ('held', 'committed')
    WHERE l.reserved + l.allocated > l.on_hand
      AND (p_seller IS NULL OR l.location_id IN (SELECT id FROM stock_location WHERE seller_id = p_seller))
      AND (p_reservations IS NULL OR (l.item_id, l.location_id) IN (
        SELECT item_id, location_id FROM stock_hold WHERE reservation_id = ANY (p_reservations)))) w
  WHERE waiting > 0 AND (p_reservations IS NULL OR reservation_id = ANY (p_reservations))
$$;

-- Makes an offer a bundle of these, or of these from now on. The row of the offer is locked first: an offer either
-- has an item or components, whoever defines and counts at once. [{ offer_id, quantity }]
CREATE FUNCTION inventory_define_bundle(p_bundle text, p_seller text, p_components jsonb, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_is_right boolean;
BEGIN
  INSERT INTO stock_offer (offer_id, item_id, seller_id) VALUES (p_bundle, NULL, p_seller)
  ON CONFLICT (offer_id) DO UPDATE SET seller_id = excluded.seller_id
    WHERE stock_offer.item_id IS NULL AND stock_offer.seller_id = excluded.seller_id;
  PERFORM assert_that(FOUND, 'inventory.item_exists');

  WITH made AS (
    INSERT INTO stock_offer (offer_id, item_id, seller_id)
    SELECT c.offer_id, 'sti_' || substr(c.offer_id, 5), p_seller
    FROM jsonb_to_recordset(p_components) AS c (offer_id text) ORDER BY 1
    ON CONFLICT (offer_id) DO NOTHING
    RETURNING item_id, seller_id)
  INSERT INTO stock_item (id, seller_id, created_at) SELECT item_id, seller_id, p_now FROM made;

  SELECT bool_and(o.seller_id = p_seller) INTO v_is_right
  FROM jsonb_to_recordset(p_components) AS c (offer_id text) JOIN stock_offer o ON o.offer_id = c.offer_id;
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

-- Goods leave one location for another: { id, operation, seller_id, from_id, to_id, note, expected_at,
-- lines: [{ offer_id, quantity }] }. Only what is promised to nobody may leave.
CREATE FUNCTION inventory_send(p_transfer jsonb, p_actor text, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_seller text := p_transfer ->> 'seller_id';
  v_from text := p_transfer ->> 'from_id';
  v_to text := p_transfer ->> 'to_id';
  v_operation text := p_transfer ->> 'operation';
  v_items text[];
  v_is_right boolean;
BEGIN
  INSERT INTO stock_transfer (id, operation, seller_id, from_location_id, to_location_id, state, note, expected_at,
    created_at, version)
  VALUES (p_transfer ->> 'id', v_operation, v_seller, v_from, v_to, 'in_transit', p_transfer ->> 'note',
    (p_transfer ->> 'expected_at')::timestamptz, p_now, 1)
  ON CONFLICT (operation) DO NOTHING;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM inventory_open_locations(v_seller, ARRAY[v_from, v_to]);

  SELECT bool_and(o.item_id IS NOT NULL AND o.seller_id = v_seller), array_agg(DISTINCT o.item_id)
  INTO v_is_right, v_items
  FROM jsonb_to_recordset(p_transfer -> 'lines') AS l (offer_id text)
    LEFT JOIN stock_offer o ON o.offer_id = l.offer_id;
  PERFORM assert_that(v_is_right, 'inventory.offer_not_found');
  INSERT INTO stock_transfer_line (transfer_id, item_id, offer_id, quantity, received)
  SELECT p_transfer ->> 'id', o.item_id, min(l.offer_id COLLATE "C"), sum(l.quantity), 0
  FROM jsonb_to_recordset(p_transfer -> 'lines') AS l (offer_id text, quantity integer)
    JOIN stock_offer o ON o.offer_id = l.offer_id
  GROUP BY o.item_id;

  INSERT INTO stock_level (item_id, location_id, seller_id, on_hand, reserved, allocated, safety, incoming,
    backorder_max, updated_at)
  SELECT item_id, v_to, v_seller, 0, 0, 0, 0, 0, 0, p_now FROM unnest(v_items) AS i (item_id) ORDER BY 1
  ON CONFLICT (item_id, location_id) DO NOTHING;
  PERFORM inventory_prepare(v_items, p_now);
  WITH lowered AS (
    UPDATE stock_level l SET on_hand = l.on_hand - t.quantity, updated_at = p_now
    FROM stock_transfer_line t WHERE t.transfer_id = p_transfer ->> 'id' AND l.item_id = t.item_id
      AND l.location_id = v_from AND l.on_hand - l.reserved - l.allocated >= t.quantity RETURNING 1)
  SELECT count(*) = cardinality(v_items) INTO v_is_right FROM lowered;
  PERFORM assert_that(v_is_right, 'inventory.below_promised');
  UPDATE stock_level l SET incoming = l.incoming + t.quantity, updated_at = p_now
  FROM stock_transfer_line t WHERE t.transfer_id = p_transfer ->> 'id' AND l.item_id = t.item_id
    AND l.location_id = v_to;
  INSERT INTO stock_movement
    (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, operation, reason, actor, at)
  SELECT v_seller, t.item_id, w.location_id, w.kind, t.quantity * w.on_hand, 0, 0, t.quantity * w.incoming,
    v_operation, p_transfer ->> 'id', p_actor, p_now
  FROM stock_transfer_line t
    CROSS JOIN (VALUES (v_from, 'transfer_out', -1, 0), (v_to, 'transfer_expect', 0, 1))
      AS w (location_id, kind, on_hand, incoming)
  WHERE t.transfer_id = p_transfer ->> 'id' ORDER BY t.item_id, w.location_id;
END
$$;

-- Held against closing until the commit.
CREATE FUNCTION inventory_open_locations(p_seller text, p_locations text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_open bigint;
BEGIN
  WITH locked AS (
    SELECT id FROM stock_location
    WHERE id = ANY (p_locations) AND seller_id = p_seller AND closed_at IS NULL ORDER BY id FOR SHARE)
  SELECT count(*) INTO v_open FROM locked;
  PERFORM assert_that(v_open = (SELECT count(DISTINCT i) FROM unnest(p_locations) i), 'inventory.location_not_found');
END
$$;

-- 'receive': so much has come; 'close': so much has come and the rest never will; 'cancel': what has not come is
-- back where it was. Without lines: all of the rest. Once an operation. [{ offer_id, quantity }]
CREATE FUNCTION inventory_arrive(
  p_id text, p_seller text, p_kind text, p_lines jsonb, p_operation text, p_actor text, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_transfer stock_transfer;
  v_is_right boolean;
  v_is_over boolean;
BEGIN
  SELECT * INTO v_transfer FROM stock_transfer WHERE id = p_id AND seller_id = p_seller FOR NO KEY UPDATE;
  PERFORM assert_that(v_transfer.id IS NOT NULL, 'inventory.transfer_not_found');
  IF EXISTS (SELECT 1 FROM stock_movement WHERE operation = p_operation) THEN
    RETURN;
  END IF;
  PERFORM assert_that(v_transfer.state = 'in_transit', 'inventory.transfer_ended');
  PERFORM inventory_open_locations(p_seller,
    ARRAY[CASE p_kind WHEN 'cancel' THEN v_transfer.from_location_id ELSE v_transfer.to_location_id END]);
  PERFORM inventory_lock(ARRAY(SELECT item_id FROM stock_transfer_line WHERE transfer_id = p_id));

  SELECT coalesce(bool_and(t.item_id IS NOT NULL AND l.quantity <= t.quantity - t.received), true) INTO v_is_right
  FROM inventory_parts(NULL, p_lines) l LEFT JOIN stock_transfer_line t
    ON t.transfer_id = p_id AND t.item_id = l.item_id;
  PERFORM assert_that(v_is_right, 'inventory.transfer_exceeded');

  WITH come AS (
    SELECT t.item_id, t.quantity - t.received AS rest, CASE
      WHEN p_kind = 'cancel' THEN 0
      WHEN p_lines IS NULL THEN t.quantity - t.received
      ELSE coalesce((SELECT sum(l.quantity) FROM inventory_parts(NULL, p_lines) l WHERE l.item_id = t.item_id), 0)
    END::integer AS units
    FROM stock_transfer_line t WHERE t.transfer_id = p_id),
  change AS (
    SELECT c.item_id, v_transfer.to_location_id AS location_id, c.units AS on_hand,
      -least(l.incoming, CASE p_kind WHEN 'receive' THEN c.units ELSE c.rest END) AS incoming,
      CASE WHEN c.units > 0 THEN 'transfer_in' ELSE 'transfer_lost' END AS kind
    FROM come c JOIN stock_level l ON l.item_id = c.item_id AND l.location_id = v_transfer.to_location_id
    UNION ALL
    SELECT item_id, v_transfer.from_location_id, rest, 0, 'transfer_back' FROM come WHERE p_kind = 'cancel'),
  levelled AS (
    UPDATE stock_level l SET on_hand = l.on_hand + c.on_hand, incoming = l.incoming + c.incoming, updated_at = p_now
    FROM change c WHERE l.item_id = c.item_id AND l.location_id = c.location_id),
  moved AS (
    INSERT INTO stock_movement
      (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, operation, reason, actor, at)
    SELECT p_seller, item_id, location_id, kind, on_hand, 0, 0, incoming, p_operation, p_id, p_actor, p_now
    FROM change WHERE on_hand <> 0 OR incoming <> 0 ORDER BY item_id, location_id)
  UPDATE stock_transfer_line t SET received = t.received + c.units FROM come c
  WHERE t.transfer_id = p_id AND t.item_id = c.item_id;

  SELECT p_kind <> 'receive' OR bool_and(received = quantity) INTO v_is_over
  FROM stock_transfer_line WHERE transfer_id = p_id;
  UPDATE stock_transfer SET version = version + 1, ended_at = CASE WHEN v_is_over THEN p_now END,
    state = CASE WHEN NOT v_is_over THEN 'in_transit' WHEN p_kind = 'cancel' THEN 'cancelled' ELSE 'received' END
  WHERE id = p_id;
END
$$;
