-- The writes of the ledger. Each is one call of a commit's batch with one JSON parameter: it locks, decides and
-- guards itself, raising the service's code through assert_that. Strict accounts are locked in id order; folded
-- ones are never locked by a posting, so that what everybody pays into serialises nobody.

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_transfer
FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_day
FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_day_balance
FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payout_event
FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();

-- Room on each page, so that a changed balance stays where its index points.
ALTER TABLE ledger_account SET (fillfactor = 60);

-- Postings hold this shared until they commit, the close of a day takes it alone: whoever dates a transfer into
-- a day is through before the day is closed, and whoever comes later dates it after.
CREATE FUNCTION ledger_lock() RETURNS bigint LANGUAGE sql IMMUTABLE RETURN 7340020;

-- Books a batch, all of it or nothing: { now, actor, accounts: [...], transfers: [...], dues: [...] }, transfers
-- in the form of ledger_transfer. What is booked already is left out, and must be what it was. Answers how many
-- rows are new.
-- A batch is a few rows of a log of millions: each is looked up by its key, whatever the planner knows of a table
-- that was empty when it planned.
CREATE FUNCTION ledger_post(p_batch jsonb) RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  v_at timestamptz;
  v_asked ledger_transfer[];
  v_fresh ledger_transfer[];
  v_inserted integer;
  v_refused text;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(ledger_lock());
  v_at := greatest((p_batch ->> 'now')::timestamptz,
    (SELECT closed_until FROM ledger_day ORDER BY day DESC LIMIT 1));

  IF jsonb_array_length(p_batch -> 'accounts') > 0 THEN
    INSERT INTO ledger_account
      (id, kind, owner, currency, mode, posted_minor, held_minor, may_overdraw, expires_at, opened_at)
    SELECT a.id, a.kind, a.owner, a.currency, a.mode, 0, 0, a.may_overdraw, a.expires_at, v_at
    FROM jsonb_populate_recordset(NULL::ledger_account, p_batch -> 'accounts') a
    WHERE NOT EXISTS (SELECT 1 FROM ledger_account o WHERE o.id = a.id)
    ORDER BY a.id ON CONFLICT (id) DO NOTHING;
  END IF;

  -- What settles a pending transfer has its parties, and its amount unless it says less.
  v_asked := ARRAY(
    SELECT jsonb_populate_record(p, j || jsonb_build_object('seq', NULL, 'at', v_at, 'expires_at',
      j -> 'expires_at', 'actor', p_batch -> 'actor', 'debit_after', NULL, 'credit_after', NULL))
    FROM jsonb_array_elements(p_batch -> 'transfers') WITH ORDINALITY AS e (j, n)
      LEFT JOIN ledger_transfer p ON p.id = j ->> 'pending_id'
    ORDER BY n);

  PERFORM 1 FROM ledger_account
  WHERE mode = 'strict' AND id IN (
    SELECT debit FROM unnest(v_asked) UNION SELECT credit FROM unnest(v_asked))
  ORDER BY id FOR NO KEY UPDATE;

  v_fresh := ARRAY(
    SELECT f FROM unnest(v_asked) f WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.id = f.id));
  IF cardinality(v_fresh) > 0 THEN
    v_refused := ledger_refusal(v_fresh);
    IF v_refused IS NOT NULL THEN
      PERFORM assert_that(false, v_refused);
    END IF;
    v_inserted := ledger_apply(v_fresh);
    -- Somebody booked one of them meanwhile: the kernel tries the commit again and finds it.
    IF v_inserted < cardinality(v_fresh) THEN
      RAISE EXCEPTION USING ERRCODE = '40001', MESSAGE = 'a transfer was booked by another commit';
    END IF;
  END IF;

  IF cardinality(v_fresh) < cardinality(v_asked) THEN
    PERFORM assert_that(
      (SELECT bool_and((t.phase, t.kind, t.debit, t.credit, t.currency, t.amount_minor)
          IS NOT DISTINCT FROM (a.phase, a.kind, a.debit, a.credit, a.currency, a.amount_minor)
          AND t.pending_id IS NOT DISTINCT FROM a.pending_id)
        FROM unnest(v_asked) a JOIN ledger_transfer t ON t.id = a.id),
      'wallet.transfer_reused');
  END IF;

  IF jsonb_array_length(p_batch -> 'dues') > 0 THEN
    INSERT INTO due (id, kind, subject, payload, due_at, attempts, created_at)
    SELECT d.id, d.kind, d.subject, d.payload, d.due_at, 0, v_at
    FROM jsonb_to_recordset(p_batch -> 'dues')
      AS d (id text, kind text, subject text, payload jsonb, due_at timestamptz)
    ON CONFLICT (kind, subject) DO NOTHING;
  END IF;
  RETURN coalesce(v_inserted, 0);
END
$$;

-- Why these rows may not be booked, or null. Their strict accounts are locked.
CREATE FUNCTION ledger_refusal(p_rows ledger_transfer[]) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_code text;
BEGIN
  SELECT CASE
      WHEN d.id IS NULL OR c.id IS NULL THEN 'wallet.account_unknown'
      WHEN r.currency <> d.currency OR r.currency <> c.currency THEN 'wallet.currency_mismatch'
      WHEN r.phase = 'pending' AND d.mode <> 'strict' THEN 'wallet.not_holdable'
      WHEN r.pending_id IS NOT NULL AND p.phase IS DISTINCT FROM 'pending' THEN 'wallet.not_pending'
      WHEN r.phase = 'post' AND r.amount_minor > p.amount_minor THEN 'wallet.amount_exceeded'
      WHEN r.phase IN ('void', 'expire') AND r.amount_minor <> p.amount_minor THEN 'wallet.amount_exceeded'
      WHEN s.id IS NOT NULL THEN 'wallet.settled_already'
      WHEN o.frozen_at IS NOT NULL AND r.pending_id IS NULL AND NOT r.forced THEN 'wallet.frozen'
    END INTO v_code
  FROM unnest(p_rows) r
    LEFT JOIN ledger_account d ON d.id = r.debit
    LEFT JOIN ledger_account c ON c.id = r.credit
    LEFT JOIN ledger_transfer p ON p.id = r.pending_id
    LEFT JOIN ledger_transfer s ON s.pending_id = r.pending_id
    LEFT JOIN wallet_owner o ON d.mode = 'strict' AND o.owner = d.owner
  ORDER BY 1 NULLS LAST LIMIT 1;
  RETURN v_code;
END
$$;

-- Moves the balances and writes the log. A debit that is not forced leaves its account at nought or above.
CREATE FUNCTION ledger_apply(p_rows ledger_transfer[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v_is_covered boolean;
  v_inserted integer;
BEGIN
  WITH effect AS (
    SELECT r.debit AS account, CASE WHEN r.phase IN ('direct', 'post') THEN -r.amount_minor ELSE 0 END AS posted,
      CASE WHEN r.phase = 'pending' THEN r.amount_minor WHEN r.pending_id IS NOT NULL THEN -h.amount_minor
        ELSE 0 END AS held,
      r.pending_id IS NULL AND NOT r.forced AS is_guarded
    FROM unnest(p_rows) r LEFT JOIN ledger_hold h ON h.transfer_id = r.pending_id
    UNION ALL
    SELECT credit, amount_minor, 0, false FROM unnest(p_rows) WHERE phase IN ('direct', 'post')),
  summed AS (
    SELECT account, sum(posted)::bigint AS posted, sum(held)::bigint AS held, bool_or(is_guarded) AS is_guarded
    FROM effect GROUP BY account),
  moved AS (
    UPDATE ledger_account a SET posted_minor = a.posted_minor + s.posted, held_minor = a.held_minor + s.held
    FROM summed s
    WHERE a.id = s.account AND a.mode = 'strict' AND (
      a.posted_minor + s.posted - a.held_minor - s.held >= 0 OR (a.may_overdraw AND NOT s.is_guarded))
    RETURNING a.id),
  added AS (
    INSERT INTO ledger_delta (account_id, amount_minor)
    SELECT s.account, s.posted FROM summed s JOIN ledger_account a ON a.id = s.account
    WHERE a.mode = 'folded' AND s.posted <> 0
    RETURNING account_id)
  SELECT (SELECT count(*) FROM moved) = count(*) INTO v_is_covered
  FROM summed s JOIN ledger_account a ON a.id = s.account WHERE a.mode = 'strict';
  IF NOT v_is_covered THEN
    PERFORM assert_that(false, 'wallet.insufficient');
  END IF;

  IF EXISTS (SELECT 1 FROM unnest(p_rows) WHERE phase <> 'direct') THEN
    DELETE FROM ledger_hold WHERE transfer_id IN (SELECT pending_id FROM unnest(p_rows));
    INSERT INTO ledger_hold (transfer_id, account_id, amount_minor, expires_at)
    SELECT id, debit, amount_minor, expires_at FROM unnest(p_rows) WHERE phase = 'pending';
  END IF;

  -- A balance after a row is the one after the batch, less what its later rows move.
  WITH side AS (
    SELECT q.n, t.is_debit, q.r, CASE WHEN t.is_debit THEN (q.r).debit ELSE (q.r).credit END AS account,
      CASE WHEN (q.r).phase IN ('pending', 'void', 'expire') THEN 0
        WHEN t.is_debit THEN -(q.r).amount_minor ELSE (q.r).amount_minor END AS posted
    FROM (SELECT row_number() OVER () AS n, r FROM unnest(p_rows) r) q, (VALUES (true), (false)) AS t (is_debit)),
  after AS (
    SELECT s.n, s.is_debit, s.r, CASE a.mode WHEN 'strict' THEN a.posted_minor - coalesce(sum(s.posted) OVER (
      PARTITION BY s.account ORDER BY s.n DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) END AS balance
    FROM side s JOIN ledger_account a ON a.id = s.account),
  booked AS (
    SELECT n, (array_agg(r))[1] AS r, max(balance) FILTER (WHERE is_debit) AS debit_after,
      max(balance) FILTER (WHERE NOT is_debit) AS credit_after
    FROM after GROUP BY n)
  INSERT INTO ledger_transfer (id, phase, kind, debit, credit, currency, amount_minor, group_id, pending_id,
    expires_at, forced, order_id, memo, actor, at, debit_after, credit_after)
  SELECT (r).id, (r).phase, (r).kind, (r).debit, (r).credit, (r).currency, (r).amount_minor, (r).group_id,
    (r).pending_id, (r).expires_at, (r).forced, (r).order_id, (r).memo, (r).actor, (r).at, debit_after, credit_after
  FROM booked ORDER BY n
  ON CONFLICT (id) DO NOTHING;
  GET DIAGNOSTICS v_inserted = ROW_COUNT;
  RETURN v_inserted;
END
$$;

-- Adds to folded accounts what was posted since their last fold. It deletes what it has seen and nothing else,
-- so a posting that is still under way is folded the next time. One at a time; postings do not wait for it.
CREATE FUNCTION ledger_fold(p_now timestamptz, p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v_folded integer;
BEGIN
  WITH taken AS (
    DELETE FROM ledger_delta WHERE id IN (
      SELECT id FROM ledger_delta ORDER BY id LIMIT p_limit FOR UPDATE SKIP LOCKED)
    RETURNING account_id, amount_minor),
  summed AS (
    SELECT account_id, sum(amount_minor)::bigint AS amount, count(*) AS rows FROM taken GROUP BY account_id),
  moved AS (
    UPDATE ledger_account a SET posted_minor = a.posted_minor + s.amount, folded_at = p_now
    FROM summed s WHERE a.id = s.account_id)
  SELECT coalesce(sum(rows), 0)::integer INTO v_folded FROM summed;
  RETURN v_folded;
END
$$;

-- The balance of an account now, and at the end of an instant; the latter from the log alone.
CREATE FUNCTION ledger_balance(p_account text) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT a.posted_minor + coalesce((SELECT sum(d.amount_minor) FROM ledger_delta d
  WHERE d.account_id = a.id), 0)::bigint FROM ledger_account a WHERE a.id = p_account);

CREATE FUNCTION ledger_balance_at(p_account text, p_at timestamptz) RETURNS bigint LANGUAGE sql STABLE
RETURN coalesce((SELECT sum(amount_minor) FROM ledger_transfer
    WHERE credit = p_account AND at <= p_at AND phase IN ('direct', 'post')), 0)::bigint
  - coalesce((SELECT sum(amount_minor) FROM ledger_transfer
    WHERE debit = p_account AND at <= p_at AND phase IN ('direct', 'post')), 0)::bigint;

-- What a person has sent since an instant, and what is on its way: the daily limit counts it.
CREATE FUNCTION wallet_sent(p_account text, p_since timestamptz) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(t.amount_minor), 0)::bigint FROM ledger_transfer t
  WHERE t.debit = p_account AND t.at >= p_since AND t.phase IN ('direct', 'pending') AND NOT t.forced
    AND NOT EXISTS (
      SELECT 1 FROM ledger_transfer s WHERE s.pending_id = t.id AND s.phase IN ('void', 'expire')));

CREATE FUNCTION wallet_limit(p_tiers jsonb, p_owner text, p_name text) RETURNS bigint LANGUAGE sql STABLE
RETURN (p_tiers -> coalesce((SELECT tier FROM wallet_owner WHERE owner = p_owner), 'basic') ->> p_name)::bigint;

-- Ends what was reserved on these accounts and has lapsed, though the sweep has not come yet.
CREATE FUNCTION wallet_end_lapsed(p_accounts text[], p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_lapsed jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('id', transfer_id || ':end', 'phase', 'expire', 'pending_id', transfer_id)
    ORDER BY transfer_id) INTO v_lapsed
  FROM ledger_hold WHERE account_id = ANY (p_accounts) AND expires_at <= p_now;
  IF v_lapsed IS NOT NULL THEN
    PERFORM ledger_post(jsonb_build_object('now', p_now, 'actor', 'system', 'transfers', v_lapsed));
  END IF;
END
$$;

-- A wallet's accounts in one order, before anything is decided on them.
CREATE FUNCTION wallet_lock(p_owner text, p_others text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM ledger_account
  WHERE mode = 'strict' AND (owner = p_owner OR id = ANY (p_others)) ORDER BY id FOR NO KEY UPDATE;
END
$$;

-- Takes an amount out of a wallet, lots of bonus first (the one that ends soonest, then by name) where they may be
-- used, the rest in cash: { now, actor, id, owner, currency, amount_minor, kind, phase, credit, credit_owner,
-- expires_at, memo, uses_bonus, zone, tiers, accounts, dues }. Each part is a transfer `id/n` of the group `id`.
-- With `credit_owner` it goes to another wallet, which must have room for it.
CREATE FUNCTION wallet_take(p_wish jsonb) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  v_now timestamptz := (p_wish ->> 'now')::timestamptz;
  v_id text := p_wish ->> 'id';
  v_amount bigint := (p_wish ->> 'amount_minor')::bigint;
  v_currency text := p_wish ->> 'currency';
  v_cash text := 'cash:' || (p_wish ->> 'owner') || ':' || v_currency;
  v_day timestamptz;
  v_accounts text[];
  v_parts jsonb;
  v_known bigint;
BEGIN
  PERFORM wallet_lock(p_wish ->> 'owner', ARRAY[p_wish ->> 'credit']);
  v_accounts := ARRAY(
    SELECT id FROM ledger_account
    WHERE owner = p_wish ->> 'owner' AND currency = v_currency AND (kind = 'cash' OR (
      kind = 'bonus' AND (p_wish ->> 'uses_bonus')::boolean AND expires_at > v_now)));

  SELECT sum(amount_minor) INTO v_known FROM ledger_transfer
  WHERE group_id = v_id AND pending_id IS NULL;
  IF v_known IS NOT NULL THEN
    PERFORM assert_that(
      v_known = v_amount AND NOT EXISTS (
        SELECT 1 FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit
        WHERE t.group_id = v_id AND (a.owner, t.currency, t.credit, t.kind)
          IS DISTINCT FROM (p_wish ->> 'owner', v_currency, p_wish ->> 'credit', p_wish ->> 'kind')),
      'wallet.transfer_reused');
    RETURN;
  END IF;

  PERFORM wallet_end_lapsed(v_accounts, v_now);
  IF (p_wish ->> 'uses_bonus')::boolean THEN
    PERFORM wallet_net(p_wish ->> 'owner', v_currency, p_wish ->> 'actor', v_now);
  END IF;
  WITH free AS (
    SELECT id, posted_minor - held_minor AS free, coalesce(sum(posted_minor - held_minor) OVER (
      ORDER BY kind, expires_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM ledger_account WHERE id = ANY (v_accounts) AND posted_minor > held_minor),
  part AS (
    SELECT id, least(free, v_amount - before) AS amount, row_number() OVER (ORDER BY before) AS n
    FROM free WHERE before < v_amount)
  SELECT jsonb_agg(jsonb_build_object('id', v_id || '/' || n, 'phase', p_wish ->> 'phase', 'kind', p_wish ->> 'kind',
      'debit', id, 'credit', p_wish ->> 'credit', 'currency', v_currency, 'amount_minor', amount, 'group_id', v_id,
      'expires_at', p_wish -> 'expires_at', 'forced', false, 'order_id', p_wish -> 'order_id',
      'memo', p_wish -> 'memo') ORDER BY n)
  INTO v_parts FROM part;
  PERFORM assert_that(
    v_amount = (SELECT sum((j ->> 'amount_minor')::bigint) FROM jsonb_array_elements(v_parts) j),
    'wallet.insufficient');
  v_day := date_trunc('day', v_now AT TIME ZONE (p_wish ->> 'zone')) AT TIME ZONE (p_wish ->> 'zone');
  PERFORM assert_that(
    wallet_sent(v_cash, v_day) + coalesce((
      SELECT (j ->> 'amount_minor')::bigint FROM jsonb_array_elements(v_parts) j WHERE j ->> 'debit' = v_cash), 0)
    <= wallet_limit(p_wish -> 'tiers', p_wish ->> 'owner', 'dailyMaxMinor'), 'wallet.limit');
  PERFORM ledger_post(p_wish || jsonb_build_object('transfers', v_parts));
  IF p_wish ? 'credit_owner' THEN
    PERFORM assert_that(
      (SELECT posted_minor FROM ledger_account WHERE id = p_wish ->> 'credit')
      <= wallet_limit(p_wish -> 'tiers', p_wish ->> 'credit_owner', 'balanceMaxMinor'), 'wallet.full');
  END IF;
END
$$;

-- Ends a reservation, whole: 'post' moves the money, 'void' gives it back. Each twice is once. Posting what was
-- given back is refused; giving back what was posted, or never was, does nothing. Bonus that is given back pays first
-- what its person came to owe meanwhile.
CREATE FUNCTION wallet_settle(p_group text, p_phase text, p_actor text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  v_open jsonb;
  v_is_known boolean;
  v_is_lost boolean;
  v_owner text;
  v_currency text;
BEGIN
  SELECT a.owner, a.currency INTO v_owner, v_currency
  FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit AND a.kind = 'bonus'
  WHERE t.group_id = p_group AND t.phase = 'pending' LIMIT 1;
  IF v_owner IS NOT NULL THEN
    PERFORM wallet_lock(v_owner, '{}');
  END IF;
  PERFORM 1 FROM ledger_account WHERE id IN (
    SELECT debit FROM ledger_transfer WHERE group_id = p_group AND phase = 'pending')
  ORDER BY id FOR NO KEY UPDATE;
  SELECT count(*) > 0, coalesce(bool_or(s.phase IN ('void', 'expire')), false),
    jsonb_agg(jsonb_build_object('id', t.id || ':end', 'phase', p_phase, 'pending_id', t.id) ORDER BY t.seq)
      FILTER (WHERE s.id IS NULL)
  INTO v_is_known, v_is_lost, v_open
  FROM ledger_transfer t LEFT JOIN ledger_transfer s ON s.pending_id = t.id
  WHERE t.group_id = p_group AND t.phase = 'pending';
  PERFORM assert_that(p_phase <> 'post' OR (v_is_known AND NOT v_is_lost), 'wallet.not_reserved');
  IF v_open IS NOT NULL THEN
    PERFORM ledger_post(jsonb_build_object('now', p_now, 'actor', p_actor, 'transfers', v_open));
    IF v_owner IS NOT NULL AND p_phase = 'void' THEN
      PERFORM wallet_net(v_owner, v_currency, p_actor, p_now);
    END IF;
  END IF;
END
$$;

-- Gives what is left of a lot that has ended back to whoever paid for it, or for the lot that it was renewed out of;
-- what is still reserved of it is left to a later run. Its person may have come to owe while a payment held it: that
-- is paid first, or who paid for it would have it twice.
CREATE FUNCTION wallet_end_lot(p_account text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_lot ledger_account;
  v_credit text := p_account;
BEGIN
  SELECT * INTO v_lot FROM ledger_account WHERE id = p_account;
  IF v_lot.expires_at <= p_now THEN
    PERFORM wallet_net(v_lot.owner, v_lot.currency, 'system', p_now, p_account);
  END IF;
  SELECT * INTO v_lot FROM ledger_account WHERE id = p_account FOR NO KEY UPDATE;
  WHILE starts_with(v_credit, 'bonus:') LOOP
    SELECT debit INTO v_credit FROM ledger_transfer WHERE credit = v_credit ORDER BY seq LIMIT 1;
  END LOOP;
  IF v_lot.expires_at <= p_now AND v_lot.posted_minor > v_lot.held_minor THEN
    PERFORM ledger_post(jsonb_build_object('now', p_now, 'actor', 'system', 'transfers', jsonb_build_array(
      jsonb_build_object('id', 'bonus_end/' || p_account || '/' || v_lot.posted_minor, 'phase', 'direct',
        'kind', 'bonus_expiry', 'debit', p_account, 'credit', v_credit, 'currency', v_lot.currency,
        'amount_minor', v_lot.posted_minor - v_lot.held_minor, 'forced', true))));
  END IF;
END
$$;

-- One line a row of the log and a row of a trial balance: what the hashes are over, here and in the audit.
CREATE FUNCTION ledger_line(t ledger_transfer) RETURNS text LANGUAGE sql STABLE
RETURN array_to_string(ARRAY[t.id, t.phase, t.kind, t.debit, t.credit, t.currency, t.amount_minor::text,
  coalesce(t.pending_id, ''), coalesce(t.order_id, ''), coalesce(t.memo, ''), t.actor,
  (extract(epoch FROM t.at) * 1000)::bigint::text], '|');

CREATE FUNCTION ledger_hash(p_text text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN encode(sha256(convert_to(coalesce(p_text, ''), 'UTF8')), 'hex');

-- Closes every day of the market that ended so long ago that nothing can still be dated into it, oldest first, and
-- answers how many. A day's hash is over the one before it, its rows of the log and its trial balance.
CREATE FUNCTION ledger_close(p_zone text, p_now timestamptz, p_patience interval, p_limit integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  v_day date;
  v_from timestamptz;
  v_until timestamptz;
  v_previous text;
  v_closed integer := 0;
BEGIN
  -- Rather another time than a queue of postings behind one that does not end.
  PERFORM set_config('lock_timeout', '2000', true);
  PERFORM pg_advisory_xact_lock(ledger_lock());
  WHILE v_closed < p_limit LOOP
    SELECT day + 1, closed_until, hash INTO v_day, v_from, v_previous FROM ledger_day ORDER BY day DESC LIMIT 1;
    IF v_day IS NULL THEN
      SELECT (at AT TIME ZONE p_zone)::date INTO v_day FROM ledger_transfer ORDER BY at LIMIT 1;
      v_from := '-infinity';
      v_previous := '';
    END IF;
    v_until := (v_day + 1)::timestamp AT TIME ZONE p_zone;
    EXIT WHEN v_day IS NULL OR v_until + p_patience > p_now;
    PERFORM ledger_close_day(v_day, v_from, v_until, v_previous, p_now);
    v_closed := v_closed + 1;
  END LOOP;
  RETURN v_closed;
END
$$;

CREATE FUNCTION ledger_close_day(
  p_day date, p_from timestamptz, p_until timestamptz, p_previous text, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_count bigint;
  v_accounts integer;
  v_moved bigint;
  v_log text;
  v_balance text;
BEGIN
  SELECT count(*), ledger_hash(string_agg(ledger_line(t), E'\n' ORDER BY t.seq)) INTO v_count, v_log
  FROM ledger_transfer t WHERE t.at >= p_from AND t.at < p_until;

  WITH side AS (
    SELECT debit AS account, currency, amount_minor AS debit, 0 AS credit FROM ledger_transfer
    WHERE at >= p_from AND at < p_until AND phase IN ('direct', 'post')
    UNION ALL
    SELECT credit, currency, 0, amount_minor FROM ledger_transfer
    WHERE at >= p_from AND at < p_until AND phase IN ('direct', 'post')),
  summed AS (
    SELECT account, currency, sum(debit)::bigint AS debit, sum(credit)::bigint AS credit FROM side GROUP BY 1, 2)
  INSERT INTO ledger_day_balance (day, account_id, currency, debit_minor, credit_minor, balance_minor)
  SELECT p_day, s.account, s.currency, s.debit, s.credit, s.credit - s.debit + coalesce((
    SELECT b.balance_minor FROM ledger_day_balance b WHERE b.account_id = s.account ORDER BY b.day DESC LIMIT 1), 0)
  FROM summed s;

  SELECT count(*), coalesce(sum(debit_minor), 0)::bigint, ledger_hash(string_agg(array_to_string(ARRAY[account_id,
      currency, debit_minor::text, credit_minor::text, balance_minor::text], '|'), E'\n' ORDER BY account_id COLLATE "C"))
  INTO v_accounts, v_moved, v_balance FROM ledger_day_balance WHERE day = p_day;

  INSERT INTO ledger_day (day, closed_until, closed_at, transfers, accounts, moved_minor, log_hash, balance_hash,
    previous_hash, hash)
  VALUES (p_day, p_until, p_now, v_count, v_accounts, v_moved, v_log, v_balance, p_previous, ledger_hash(
    array_to_string(ARRAY[p_previous, p_day::text, (extract(epoch FROM p_until) * 1000)::bigint::text, v_log, v_balance],
      '|')));
END
$$;
