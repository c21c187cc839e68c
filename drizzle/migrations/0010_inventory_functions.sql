-- The writes of Inventory. Each is one call of a commit's batch: it locks, decides and guards itself, raising the
-- service's code through assert_that. Reservation rows are locked before levels, and both in id order, so two
-- commits cannot wait for each other; what a reserver takes from the dead it takes with SKIP LOCKED. What these
-- share with bundles and with the choice of locations is in 0028.

CREATE FUNCTION stock_movement_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'stock_movement is append-only';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON stock_movement
FOR EACH ROW EXECUTE FUNCTION stock_movement_is_append_only();

CREATE FUNCTION inventory_ids(p_ids jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT
RETURN ARRAY(SELECT DISTINCT jsonb_array_elements_text(p_ids));

CREATE FUNCTION inventory_lock(p_items text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM stock_level WHERE item_id = ANY (p_items)
  ORDER BY item_id, location_id FOR NO KEY UPDATE;
END
$$;

CREATE FUNCTION inventory_items_of(p_reservations text[]) RETURNS text[] LANGUAGE sql STABLE
RETURN ARRAY(SELECT DISTINCT item_id FROM stock_hold WHERE reservation_id = ANY (p_reservations));

-- Ends held reservations whose rows and levels the caller has locked. What was lent goes back to its lender while
-- that one stands: the levels are locked, so nobody can end the lending meanwhile.
CREATE FUNCTION inventory_give_back(p_reservations text[], p_state text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  WITH freed AS (
    SELECT h.item_id, h.location_id, sum(h.quantity) AS quantity,
      coalesce(sum(h.quantity) FILTER (WHERE l.id IS NOT NULL), 0) AS lent
    FROM stock_hold h JOIN stock_reservation r ON r.id = h.reservation_id
      LEFT JOIN stock_reservation l ON l.id = r.lent_by AND l.state = 'committed'
    WHERE h.reservation_id = ANY (p_reservations) GROUP BY h.item_id, h.location_id)
  UPDATE stock_level l SET reserved = l.reserved - f.quantity, allocated = l.allocated + f.lent, updated_at = p_now
  FROM freed f WHERE l.item_id = f.item_id AND l.location_id = f.location_id;

  INSERT INTO stock_movement
    (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, reservation_id, at)
  SELECT l.seller_id, h.item_id, h.location_id, CASE p_state WHEN 'expired' THEN 'expire' ELSE 'release' END,
    0, -h.quantity, CASE WHEN lender.id IS NULL THEN 0 ELSE h.quantity END, 0, h.reservation_id, p_now
  FROM stock_hold h JOIN stock_level l USING (item_id, location_id)
    JOIN stock_reservation r ON r.id = h.reservation_id
    LEFT JOIN stock_reservation lender ON lender.id = r.lent_by AND lender.state = 'committed'
  WHERE h.reservation_id = ANY (p_reservations) ORDER BY h.reservation_id, h.item_id, h.location_id;

  WITH lent AS (
    SELECT r.lent_by, h.item_id, h.location_id, sum(h.quantity) AS quantity
    FROM stock_hold h JOIN stock_reservation r ON r.id = h.reservation_id
      JOIN stock_reservation l ON l.id = r.lent_by AND l.state = 'committed'
    WHERE h.reservation_id = ANY (p_reservations) GROUP BY r.lent_by, h.item_id, h.location_id)
  UPDATE stock_hold h SET quantity = h.quantity + lent.quantity FROM lent
  WHERE h.reservation_id = lent.lent_by AND h.item_id = lent.item_id AND h.location_id = lent.location_id;

  UPDATE stock_reservation SET state = p_state, expires_at = NULL, updated_at = p_now
  WHERE id = ANY (p_reservations);
END
$$;

-- Locks the levels of these items and first ends what has lapsed on them, so that a hold past its time is no
-- hold though the sweep has not come yet. The due rows stay: their job tells the others.
CREATE FUNCTION inventory_prepare(p_items text[], p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_lapsed text[];
BEGIN
  v_lapsed := ARRAY(
    SELECT r.id FROM stock_reservation r
    WHERE r.state = 'held' AND r.expires_at <= p_now AND EXISTS (
      SELECT 1 FROM stock_hold h WHERE h.reservation_id = r.id AND h.item_id = ANY (p_items))
    ORDER BY r.id FOR NO KEY UPDATE SKIP LOCKED);
  IF cardinality(v_lapsed) = 0 THEN
    PERFORM inventory_lock(p_items);
    RETURN;
  END IF;
  PERFORM inventory_lock(p_items || inventory_items_of(v_lapsed));
  PERFORM inventory_give_back(v_lapsed, 'expired', p_now);
END
$$;

-- Takes items for a reservation from levels that are locked, from the locations that inventory_choose names, the
-- first of them first. Why it chose them is kept with the movements.
CREATE FUNCTION inventory_take(
  p_reservation text, p_is_committed boolean, p_items text[], p_quantities bigint[], p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_places text[];
  v_reason text;
  v_is_whole boolean;
BEGIN
  SELECT places, reason INTO v_places, v_reason FROM inventory_choose(p_items, p_quantities);
  WITH ranked AS (
    SELECT f.item_id, f.location_id, f.wanted, f.free, coalesce(sum(f.free) OVER (
      PARTITION BY f.item_id ORDER BY array_position(v_places, f.location_id)
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM inventory_free(p_items, p_quantities) f WHERE f.location_id = ANY (v_places)),
  taken AS (
    SELECT item_id, location_id, least(free, wanted - before) AS quantity FROM ranked WHERE before < wanted),
  levelled AS (
    UPDATE stock_level l SET updated_at = p_now,
      reserved = l.reserved + CASE WHEN p_is_committed THEN 0 ELSE t.quantity END,
      allocated = l.allocated + CASE WHEN p_is_committed THEN t.quantity ELSE 0 END
    FROM taken t WHERE l.item_id = t.item_id AND l.location_id = t.location_id
    RETURNING l.seller_id, l.item_id, l.location_id, t.quantity),
  held AS (
    INSERT INTO stock_hold (reservation_id, item_id, location_id, quantity)
    SELECT p_reservation, item_id, location_id, quantity FROM levelled),
  moved AS (
    INSERT INTO stock_movement
      (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, reservation_id, reason, at)
    SELECT seller_id, item_id, location_id, CASE WHEN p_is_committed THEN 'allocate' ELSE 'reserve' END, 0,
      CASE WHEN p_is_committed THEN 0 ELSE quantity END, CASE WHEN p_is_committed THEN quantity ELSE 0 END,
      0, p_reservation, v_reason, p_now
    FROM levelled ORDER BY item_id, location_id)
  -- No item gives more than is wanted of it, so equal sums mean that each gave all.
  SELECT coalesce((SELECT sum(quantity) FROM levelled), 0) = (SELECT sum(q) FROM unnest(p_quantities) q)
  INTO v_is_whole;
  PERFORM assert_that(v_is_whole, 'inventory.insufficient');
END
$$;

-- [{ id, owner, expires_at | null, due_id, lines: [{ offer_id, quantity }] }]
CREATE FUNCTION inventory_reserve(p_reservations jsonb, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_made text[];
  v_one record;
BEGIN
  WITH made AS (
    INSERT INTO stock_reservation (id, owner, state, expires_at, created_at, updated_at)
    SELECT r.id, r.owner, CASE WHEN r.expires_at IS NULL THEN 'committed' ELSE 'held' END, r.expires_at, p_now, p_now
    FROM jsonb_to_recordset(p_reservations) AS r (id text, owner text, expires_at timestamptz)
    ORDER BY r.id COLLATE "C"
    ON CONFLICT (id) DO NOTHING
    RETURNING id),
  composed AS (
    INSERT INTO stock_hold_component (reservation_id, bundle_id, offer_id, item_id, quantity)
    SELECT DISTINCT m.id, c.bundle_id, c.offer_id, c.item_id, c.quantity
    FROM made m JOIN jsonb_to_recordset(p_reservations) AS r (id text, lines jsonb) ON r.id = m.id
      CROSS JOIN jsonb_to_recordset(r.lines) AS l (offer_id text)
      JOIN stock_component c ON c.bundle_id = l.offer_id)
  SELECT coalesce(array_agg(id), '{}') INTO v_made FROM made;

  IF cardinality(v_made) < jsonb_array_length(p_reservations) THEN
    PERFORM assert_that(
      coalesce(bool_and(s.state = 'committed' OR (s.state = 'held' AND s.expires_at > p_now)), true),
      'inventory.hold_dead')
    FROM stock_reservation s JOIN jsonb_to_recordset(p_reservations) AS r (id text) ON r.id = s.id
    WHERE s.id <> ALL (v_made);
  END IF;

  PERFORM inventory_prepare(ARRAY(
    SELECT DISTINCT p.item_id FROM jsonb_to_recordset(p_reservations) AS r (id text, lines jsonb)
      CROSS JOIN inventory_parts(r.id, r.lines) p
    WHERE r.id = ANY (v_made) AND p.item_id IS NOT NULL), p_now);

  FOR v_one IN
    SELECT r.id, r.expires_at IS NULL AS is_committed, array_agg(p.item_id) AS items,
      array_agg(p.quantity) AS quantities
    FROM jsonb_to_recordset(p_reservations) AS r (id text, expires_at timestamptz, lines jsonb)
      CROSS JOIN inventory_parts(r.id, r.lines) p
    WHERE r.id = ANY (v_made) GROUP BY r.id, r.expires_at ORDER BY r.id COLLATE "C"
  LOOP
    PERFORM inventory_take(v_one.id, v_one.is_committed, v_one.items, v_one.quantities, p_now);
  END LOOP;

  INSERT INTO due (id, kind, subject, payload, due_at, attempts, created_at)
  SELECT r.due_id, 'inventory.expire_hold', r.id, jsonb_build_object('reservationId', r.id), r.expires_at, 0, p_now
  FROM jsonb_to_recordset(p_reservations) AS r (id text, due_id text, expires_at timestamptz)
  WHERE r.id = ANY (v_made) AND r.expires_at IS NOT NULL;
END
$$;

-- Locks reservations, demands that each lives (held and in time, or committed), answers those that are held.
CREATE FUNCTION inventory_live(p_ids text[], p_now timestamptz) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  v_live integer;
  v_held text[];
BEGIN
  WITH locked AS (
    SELECT id, state, expires_at FROM stock_reservation WHERE id = ANY (p_ids) ORDER BY id FOR NO KEY UPDATE)
  SELECT count(*) FILTER (WHERE state = 'committed' OR (state = 'held' AND expires_at > p_now)),
    coalesce(array_agg(id) FILTER (WHERE state = 'held'), '{}')
  INTO v_live, v_held FROM locked;
  PERFORM assert_that(v_live = cardinality(p_ids), 'inventory.hold_dead');
  RETURN v_held;
END
$$;

CREATE FUNCTION inventory_extend(p_ids jsonb, p_expires timestamptz, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_held text[] := inventory_live(inventory_ids(p_ids), p_now);
BEGIN
  UPDATE stock_reservation SET expires_at = greatest(expires_at, p_expires), updated_at = p_now
  WHERE id = ANY (v_held);
  UPDATE due SET due_at = greatest(due_at, p_expires)
  WHERE kind = 'inventory.expire_hold' AND subject = ANY (v_held);
END
$$;

-- Reserved becomes allocated for held reservations whose rows the caller has locked.
CREATE FUNCTION inventory_allocate(p_held text[], p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM inventory_lock(inventory_items_of(p_held));
  WITH moved AS (
    SELECT item_id, location_id, sum(quantity) AS quantity FROM stock_hold
    WHERE reservation_id = ANY (p_held) GROUP BY item_id, location_id)
  UPDATE stock_level l
  SET reserved = l.reserved - m.quantity, allocated = l.allocated + m.quantity, updated_at = p_now
  FROM moved m WHERE l.item_id = m.item_id AND l.location_id = m.location_id;

  INSERT INTO stock_movement
    (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, reservation_id, at)
  SELECT l.seller_id, h.item_id, h.location_id, 'allocate', 0, -h.quantity, h.quantity, 0, h.reservation_id, p_now
  FROM stock_hold h JOIN stock_level l USING (item_id, location_id)
  WHERE h.reservation_id = ANY (p_held) ORDER BY h.reservation_id, h.item_id, h.location_id;

  UPDATE stock_reservation SET state = 'committed', expires_at = NULL, updated_at = p_now WHERE id = ANY (p_held);
  DELETE FROM due WHERE kind = 'inventory.expire_hold' AND subject = ANY (p_held);
END
$$;

CREATE FUNCTION inventory_commit(p_ids jsonb, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_held text[] := inventory_live(inventory_ids(p_ids), p_now);
BEGIN
  IF cardinality(v_held) > 0 THEN
    PERFORM inventory_allocate(v_held, p_now);
  END IF;
END
$$;

-- Gives back what is held; with p_is_sweep only what has lapsed. Everything else stays as it is.
CREATE FUNCTION inventory_release(p_ids jsonb, p_is_sweep boolean, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_held text[];
BEGIN
  v_held := ARRAY(
    SELECT id FROM stock_reservation
    WHERE id = ANY (inventory_ids(p_ids)) AND state = 'held' AND (NOT p_is_sweep OR expires_at <= p_now)
    ORDER BY id FOR NO KEY UPDATE);
  IF cardinality(v_held) = 0 THEN
    RETURN;
  END IF;
  PERFORM inventory_lock(inventory_items_of(v_held));
  PERFORM inventory_give_back(v_held, CASE WHEN p_is_sweep THEN 'expired' ELSE 'released' END, p_now);
  IF NOT p_is_sweep THEN
    DELETE FROM due WHERE kind = 'inventory.expire_hold' AND subject = ANY (v_held);
  END IF;
END
$$;

-- Brings a dead reservation back to life with what it once held, or refuses; a live one is prolonged.
CREATE FUNCTION inventory_reacquire(p_id text, p_expires timestamptz, p_due text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_state text;
  v_items text[];
  v_quantities bigint[];
BEGIN
  SELECT state INTO v_state FROM stock_reservation WHERE id = p_id FOR NO KEY UPDATE;
  PERFORM assert_that(v_state IS NOT NULL, 'inventory.hold_dead');
  IF v_state = 'committed' THEN
    RETURN;
  ELSIF v_state = 'held' AND p_expires IS NULL THEN
    PERFORM inventory_allocate(ARRAY[p_id], p_now);
    RETURN;
  ELSIF v_state IN ('released', 'expired') THEN
    SELECT array_agg(item_id), array_agg(quantity) INTO v_items, v_quantities FROM (
      SELECT item_id, sum(quantity)::bigint AS quantity FROM stock_hold WHERE reservation_id = p_id GROUP BY item_id) h;
    PERFORM inventory_prepare(v_items, p_now);
    DELETE FROM stock_hold WHERE reservation_id = p_id;
    -- It takes ordinary stock this time, and stands at the end of the queue.
    UPDATE stock_reservation SET lent_by = NULL WHERE id = p_id;
    PERFORM inventory_take(p_id, p_expires IS NULL, v_items, v_quantities, p_now);
  END IF;
  UPDATE stock_reservation SET state = CASE WHEN p_expires IS NULL THEN 'committed' ELSE 'held' END,
    expires_at = greatest(expires_at, p_expires), updated_at = p_now
  WHERE id = p_id;
  IF p_expires IS NOT NULL THEN
    INSERT INTO due (id, kind, subject, payload, due_at, attempts, created_at)
    VALUES (p_due, 'inventory.expire_hold', p_id, jsonb_build_object('reservationId', p_id), p_expires, 0, p_now)
    ON CONFLICT (kind, subject) DO UPDATE
    SET id = excluded.id, due_at = excluded.due_at, attempts = 0, lease_until = NULL, dead_at = NULL;
  END IF;
END
$$;

-- 'ship': allocated units leave the house; 'deallocate': they go back on sale. Without lines: all that is left.
CREATE FUNCTION inventory_settle(p_id text, p_kind text, p_lines jsonb, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_state text;
  v_ships integer := CASE p_kind WHEN 'ship' THEN 1 ELSE 0 END;
  v_is_whole boolean;
BEGIN
  SELECT state INTO v_state FROM stock_reservation WHERE id = p_id FOR NO KEY UPDATE;
  PERFORM assert_that(v_state = 'committed', 'inventory.not_allocated');
  -- What lapsed holds have is there for those who come after them.
  IF v_ships = 1 THEN
    PERFORM inventory_prepare(inventory_items_of(ARRAY[p_id]), p_now);
  ELSE
    PERFORM inventory_lock(inventory_items_of(ARRAY[p_id]));
  END IF;
  WITH wanted AS (
    SELECT item_id, sum(quantity) AS quantity FROM (
      SELECT item_id, quantity FROM inventory_parts(p_id, p_lines)
      UNION ALL
      SELECT item_id, quantity FROM stock_hold WHERE p_lines IS NULL AND reservation_id = p_id) w
    GROUP BY item_id),
  ranked AS (
    SELECT h.item_id, h.location_id, w.quantity AS wanted, f.free, coalesce(sum(f.free) OVER (
      PARTITION BY h.item_id ORDER BY p.priority, h.location_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM wanted w JOIN stock_hold h ON h.item_id = w.item_id AND h.reservation_id = p_id
      JOIN stock_level l ON l.item_id = h.item_id AND l.location_id = h.location_id
      JOIN stock_location p ON p.id = h.location_id
      -- What was sold ahead cannot leave before it has come, and goes to those who came first.
      CROSS JOIN LATERAL (
        SELECT CASE WHEN v_ships = 0 OR l.reserved + l.allocated <= l.on_hand THEN h.quantity
          ELSE least(h.quantity, greatest(0, l.on_hand - inventory_before(h))) END AS free) f),
  taken AS (
    SELECT item_id, location_id, least(free, wanted - before) AS quantity FROM ranked
    WHERE before < wanted AND free > 0),
  levelled AS (
    UPDATE stock_level l SET updated_at = p_now,
      on_hand = l.on_hand - t.quantity * v_ships, allocated = l.allocated - t.quantity
    FROM taken t WHERE l.item_id = t.item_id AND l.location_id = t.location_id
    RETURNING l.seller_id, l.item_id, l.location_id, t.quantity),
  lowered AS (
    UPDATE stock_hold h SET quantity = h.quantity - t.quantity FROM levelled t
    WHERE h.reservation_id = p_id AND h.item_id = t.item_id AND h.location_id = t.location_id),
  moved AS (
    INSERT INTO stock_movement
      (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, reservation_id, at)
    SELECT seller_id, item_id, location_id, p_kind, -quantity * v_ships, 0, -quantity, 0, p_id, p_now
    FROM levelled ORDER BY item_id, location_id)
  SELECT coalesce((SELECT sum(quantity) FROM levelled), 0) = coalesce((SELECT sum(quantity) FROM wanted), 0)
  INTO v_is_whole;
  PERFORM assert_that(v_is_whole, 'inventory.not_allocated');
END
$$;

-- Makes a reservation out of what another has allocated: { id, owner, expires_at | null, due_id, lines }. Only the
-- levels are locked, since whoever changes the lender's part of one locks it too.
CREATE FUNCTION inventory_lend(p_lender text, p_reservation jsonb, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_id text := p_reservation ->> 'id';
  v_expires timestamptz := (p_reservation ->> 'expires_at')::timestamptz;
  v_is_live boolean;
  v_is_whole boolean;
BEGIN
  INSERT INTO stock_reservation (id, owner, state, expires_at, lent_by, created_at, updated_at)
  VALUES (v_id, p_reservation ->> 'owner', CASE WHEN v_expires IS NULL THEN 'committed' ELSE 'held' END, v_expires,
    p_lender, p_now, p_now)
  ON CONFLICT (id) DO NOTHING;
  IF NOT FOUND THEN
    SELECT state = 'committed' OR (state = 'held' AND expires_at > p_now) INTO v_is_live
    FROM stock_reservation WHERE id = v_id;
    PERFORM assert_that(v_is_live, 'inventory.hold_dead');
    RETURN;
  END IF;
  PERFORM inventory_lock(inventory_items_of(ARRAY[p_lender]));
  PERFORM assert_that(
    EXISTS (SELECT 1 FROM stock_reservation WHERE id = p_lender AND state = 'committed'), 'inventory.not_allocated');
  INSERT INTO stock_hold_component (reservation_id, bundle_id, offer_id, item_id, quantity)
  SELECT v_id, bundle_id, offer_id, item_id, quantity FROM stock_hold_component WHERE reservation_id = p_lender;
  WITH wanted AS (
    SELECT item_id, sum(quantity) AS quantity FROM inventory_parts(p_lender, p_reservation -> 'lines')
    GROUP BY item_id),
  ranked AS (
    SELECT h.item_id, h.location_id, h.seq, w.quantity AS wanted, h.quantity AS free, coalesce(sum(h.quantity) OVER (
      PARTITION BY h.item_id ORDER BY h.location_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM wanted w JOIN stock_hold h ON h.item_id = w.item_id AND h.reservation_id = p_lender AND h.quantity > 0),
  taken AS (
    SELECT item_id, location_id, seq, least(free, wanted - before) AS quantity FROM ranked WHERE before < wanted),
  lowered AS (
    UPDATE stock_hold h SET quantity = h.quantity - t.quantity FROM taken t
    WHERE h.reservation_id = p_lender AND h.item_id = t.item_id AND h.location_id = t.location_id),
  held AS (
    INSERT INTO stock_hold (reservation_id, item_id, location_id, quantity, seq)
    SELECT v_id, item_id, location_id, quantity, seq FROM taken),
  levelled AS (
    UPDATE stock_level l SET updated_at = p_now, allocated = l.allocated - t.quantity, reserved = l.reserved + t.quantity
    FROM taken t WHERE v_expires IS NOT NULL AND l.item_id = t.item_id AND l.location_id = t.location_id),
  moved AS (
    INSERT INTO stock_movement
      (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, reservation_id, at)
    SELECT l.seller_id, t.item_id, t.location_id, 'lend', 0, CASE WHEN v_expires IS NULL THEN 0 ELSE t.quantity END,
      CASE WHEN v_expires IS NULL THEN 0 ELSE -t.quantity END, 0, v_id, p_now
    FROM taken t JOIN stock_level l USING (item_id, location_id) ORDER BY t.item_id, t.location_id)
  SELECT coalesce((SELECT sum(quantity) FROM taken), 0) = (SELECT sum(quantity) FROM wanted) INTO v_is_whole;
  PERFORM assert_that(v_is_whole, 'inventory.not_allocated');
  IF v_expires IS NOT NULL THEN
    INSERT INTO due (id, kind, subject, payload, due_at, attempts, created_at)
    VALUES (p_reservation ->> 'due_id', 'inventory.expire_hold', v_id, jsonb_build_object('reservationId', v_id),
      v_expires, 0, p_now);
  END IF;
END
$$;

-- What a lender still has is ordinary stock again, and so is whatever comes back to it later.
CREATE FUNCTION inventory_end_lending(p_lender text, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_state text;
BEGIN
  SELECT state INTO v_state FROM stock_reservation WHERE id = p_lender FOR NO KEY UPDATE;
  IF v_state = 'committed' THEN
    PERFORM inventory_settle(p_lender, 'deallocate', NULL, p_now);
    UPDATE stock_reservation SET state = 'released', updated_at = p_now WHERE id = p_lender;
  END IF;
END
$$;

-- Makes what a seller's count needs (his first location, the offer's item, the level) and locks the levels.
-- [{ offer_id, seller_id, location_id, is_first }]
CREATE FUNCTION inventory_ensure(p_rows jsonb, p_location_name text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_is_right boolean;
BEGIN
  INSERT INTO stock_location (id, seller_id, name, priority, version, created_at)
  SELECT DISTINCT r.location_id, r.seller_id, p_location_name, 0, 1, p_now
  FROM jsonb_to_recordset(p_rows) AS r (seller_id text, location_id text, is_first boolean)
  WHERE r.is_first ORDER BY 1
  -- A shop that has closed all of its locations opens its first one again by counting, or when goods come back.
  ON CONFLICT (id) DO UPDATE SET closed_at = NULL, version = stock_location.version + 1
    WHERE stock_location.closed_at IS NOT NULL AND stock_location.seller_id = excluded.seller_id;

  -- Held against closing until the commit.
  WITH locked AS (
    SELECT id, seller_id, closed_at FROM stock_location
    WHERE id IN (SELECT location_id FROM jsonb_to_recordset(p_rows) AS r (location_id text))
    ORDER BY id FOR SHARE)
  SELECT bool_and(l.id IS NOT NULL AND l.closed_at IS NULL) INTO v_is_right
  FROM jsonb_to_recordset(p_rows) AS r (seller_id text, location_id text)
    LEFT JOIN locked l ON l.id = r.location_id AND l.seller_id = r.seller_id;
  PERFORM assert_that(v_is_right, 'inventory.location_not_found');

  WITH made AS (
    INSERT INTO stock_offer (offer_id, item_id, seller_id)
    SELECT DISTINCT r.offer_id, 'sti_' || substr(r.offer_id, 5), r.seller_id
    FROM jsonb_to_recordset(p_rows) AS r (offer_id text, seller_id text) ORDER BY 1
    ON CONFLICT (offer_id) DO NOTHING
    RETURNING item_id, seller_id)
  INSERT INTO stock_item (id, seller_id, created_at) SELECT item_id, seller_id, p_now FROM made;

  SELECT bool_and(o.seller_id = r.seller_id) INTO v_is_right
  FROM jsonb_to_recordset(p_rows) AS r (offer_id text, seller_id text) JOIN stock_offer o ON o.offer_id = r.offer_id;
  PERFORM assert_that(v_is_right, 'inventory.offer_not_found');
  SELECT bool_and(o.item_id IS NOT NULL) INTO v_is_right
  FROM jsonb_to_recordset(p_rows) AS r (offer_id text) JOIN stock_offer o ON o.offer_id = r.offer_id;
  PERFORM assert_that(v_is_right, 'inventory.is_bundle');

  INSERT INTO stock_level (item_id, location_id, seller_id, on_hand, reserved, allocated, safety, incoming,
    backorder_max, updated_at)
  SELECT DISTINCT o.item_id, r.location_id, r.seller_id, 0, 0, 0, 0, 0, 0, p_now
  FROM jsonb_to_recordset(p_rows) AS r (offer_id text, seller_id text, location_id text)
    JOIN stock_offer o ON o.offer_id = r.offer_id
  ORDER BY 1, 2
  ON CONFLICT (item_id, location_id) DO NOTHING;

  PERFORM inventory_lock(ARRAY(
    SELECT DISTINCT o.item_id FROM jsonb_to_recordset(p_rows) AS r (offer_id text)
      JOIN stock_offer o ON o.offer_id = r.offer_id));
END
$$;

-- Sets counts, as after a stock-take; what is null stays as it is. Setting twice moves nothing the second time.
-- [{ offer_id, seller_id, location_id, is_first, on_hand, safety, backorder_max, incoming }]
CREATE FUNCTION inventory_set(p_rows jsonb, p_location_name text, p_actor text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM inventory_ensure(p_rows, p_location_name, p_now);
  WITH wanted AS (
    SELECT DISTINCT ON (o.item_id, r.location_id) o.item_id, r.*
    FROM jsonb_to_recordset(p_rows) AS r (offer_id text, location_id text, on_hand integer, safety integer,
      backorder_max integer, incoming integer) JOIN stock_offer o ON o.offer_id = r.offer_id),
  moved AS (
    INSERT INTO stock_movement
      (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, actor, at)
    SELECT l.seller_id, l.item_id, l.location_id, 'count', coalesce(w.on_hand - l.on_hand, 0), 0, 0,
      coalesce(w.incoming - l.incoming, 0), p_actor, p_now
    FROM wanted w JOIN stock_level l USING (item_id, location_id)
    WHERE w.on_hand <> l.on_hand OR w.incoming <> l.incoming
    ORDER BY l.item_id, l.location_id)
  UPDATE stock_level l SET on_hand = coalesce(w.on_hand, l.on_hand), safety = coalesce(w.safety, l.safety),
    backorder_max = coalesce(w.backorder_max, l.backorder_max), incoming = coalesce(w.incoming, l.incoming),
    updated_at = p_now
  FROM wanted w WHERE l.item_id = w.item_id AND l.location_id = w.location_id;
END
$$;

-- Moves counts by a difference, once an operation. [{ offer_id, seller_id, location_id, is_first, quantity }]
CREATE FUNCTION inventory_adjust(
  p_operation text, p_kind text, p_reason text, p_rows jsonb, p_location_name text, p_actor text, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM inventory_ensure(p_rows, p_location_name, p_now);
  IF EXISTS (SELECT 1 FROM stock_movement WHERE operation = p_operation) THEN
    RETURN;
  END IF;
  WITH wanted AS (
    SELECT o.item_id, r.location_id, sum(r.quantity)::integer AS quantity
    FROM jsonb_to_recordset(p_rows) AS r (offer_id text, location_id text, quantity bigint)
      JOIN stock_offer o ON o.offer_id = r.offer_id
    GROUP BY o.item_id, r.location_id),
  change AS (
    SELECT l.seller_id, l.item_id, l.location_id,
      CASE p_kind WHEN 'expect' THEN 0 ELSE w.quantity END AS on_hand,
      CASE p_kind WHEN 'expect' THEN w.quantity WHEN 'receive' THEN -least(w.quantity, l.incoming) ELSE 0 END AS incoming
    FROM wanted w JOIN stock_level l USING (item_id, location_id)),
  moved AS (
    INSERT INTO stock_movement
      (seller_id, item_id, location_id, kind, on_hand, reserved, allocated, incoming, operation, reason, actor, at)
    SELECT seller_id, item_id, location_id, p_kind, on_hand, 0, 0, incoming, p_operation, p_reason, p_actor, p_now
    FROM change ORDER BY item_id, location_id)
  UPDATE stock_level l SET on_hand = l.on_hand + c.on_hand, incoming = l.incoming + c.incoming, updated_at = p_now
  FROM change c WHERE l.item_id = c.item_id AND l.location_id = c.location_id;
END
$$;
