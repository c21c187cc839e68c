-- Bonus that comes back and bonus that is taken back. What a person has spent of a cashback and does not deserve any
-- more he owes: his account `owed` goes below nought, and bonus that he has or gets pays for it. His cash never does.

-- Free parts of lots, the one that ends soonest first, until an amount is reached: as transfers of one credit. A lot
-- gives under its own count of debits, so each is a name of its own.
CREATE FUNCTION wallet_from_lots(
  p_lots text[], p_amount bigint, p_credit text, p_kind text, p_group text, p_order text
) RETURNS jsonb LANGUAGE sql STABLE
RETURN (
  WITH free AS (
    SELECT id, currency, posted_minor - held_minor AS free, coalesce(sum(posted_minor - held_minor) OVER (
      ORDER BY expires_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM ledger_account WHERE id = ANY (p_lots) AND posted_minor > held_minor)
  SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', p_group || '/' || id || '/' || (SELECT count(*) FROM ledger_transfer t WHERE t.debit = f.id),
      'phase', 'direct', 'kind', p_kind, 'debit', id, 'credit', p_credit, 'currency', currency,
      'amount_minor', least(free, p_amount - before), 'group_id', p_group, 'forced', true, 'order_id', p_order)
    ORDER BY before), '[]')
  FROM free f WHERE before < p_amount);

-- What is owed is paid with the bonus that is there, and with that of a lot that ends only now.
CREATE FUNCTION wallet_net(
  p_owner text, p_currency text, p_actor text, p_now timestamptz, p_ending text DEFAULT NULL
) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  v_owed text := 'owed:' || p_owner || ':' || p_currency;
  v_debt bigint;
  v_parts jsonb;
BEGIN
  PERFORM wallet_lock(p_owner, '{}');
  SELECT -posted_minor INTO v_debt FROM ledger_account WHERE id = v_owed;
  IF coalesce(v_debt, 0) <= 0 THEN
    RETURN;
  END IF;
  v_parts := wallet_from_lots(ARRAY(
    SELECT id FROM ledger_account
    WHERE owner = p_owner AND currency = p_currency AND kind = 'bonus'
      AND (expires_at > p_now OR id = p_ending)),
    v_debt, v_owed, 'cashback_netted', 'netted', NULL);
  IF v_parts <> '[]' THEN
    PERFORM ledger_post(jsonb_build_object('now', p_now, 'actor', p_actor, 'transfers', v_parts));
  END IF;
END
$$;

-- Takes back of a cashback so much in all: { now, actor, key, owner, currency, total_minor, lot, funder, order_id,
-- accounts }. `total_minor` counts from the start, so a call that comes twice or late takes nothing. First what is
-- left of the lot; what of it has lapsed went back to who paid for it; the rest was spent, and is owed.
CREATE FUNCTION wallet_reclaim(p_wish jsonb) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  v_now timestamptz := (p_wish ->> 'now')::timestamptz;
  v_owner text := p_wish ->> 'owner';
  v_currency text := p_wish ->> 'currency';
  v_lot text := p_wish ->> 'lot';
  v_funder text := p_wish ->> 'funder';
  v_group text := 'cashback_back/' || (p_wish ->> 'key');
  v_total bigint := (p_wish ->> 'total_minor')::bigint;
  v_lots text[];
  v_paid bigint;
  v_gone bigint;
  v_taken bigint;
  v_due bigint;
  v_parts jsonb;
  v_left bigint;
BEGIN
  PERFORM wallet_lock(v_owner, ARRAY[v_funder]);
  SELECT amount_minor INTO v_paid FROM ledger_transfer WHERE id = 'cashback/' || (p_wish ->> 'key');
  IF v_paid IS NULL THEN
    RETURN;
  END IF;
  v_lots := ARRAY(
    SELECT id FROM ledger_account WHERE owner = v_owner AND kind = 'bonus'
      AND (id = v_lot OR starts_with(id, v_lot || '~')));
  PERFORM wallet_end_lapsed(v_lots, v_now);
  SELECT coalesce(sum(amount_minor), 0) INTO v_gone FROM ledger_transfer
  WHERE debit = ANY (v_lots) AND kind = 'bonus_expiry';
  SELECT coalesce(sum(amount_minor), 0) INTO v_taken FROM ledger_transfer WHERE group_id = v_group;
  v_due := least(v_total, v_paid - v_gone) - v_taken;
  IF v_due <= 0 THEN
    RETURN;
  END IF;
  v_parts := wallet_from_lots(v_lots, v_due, v_funder, 'cashback_back', v_group, p_wish ->> 'order_id');
  v_left := v_due - coalesce((SELECT sum((j ->> 'amount_minor')::bigint) FROM jsonb_array_elements(v_parts) j), 0);
  IF v_left > 0 THEN
    v_parts := v_parts || jsonb_build_object('id', v_group || '/owed/' || v_total, 'phase', 'direct',
      'kind', 'cashback_back', 'debit', 'owed:' || v_owner || ':' || v_currency, 'credit', v_funder,
      'currency', v_currency, 'amount_minor', v_left, 'group_id', v_group, 'forced', true,
      'order_id', p_wish ->> 'order_id');
  END IF;
  PERFORM ledger_post(p_wish || jsonb_build_object('transfers', v_parts));
  PERFORM wallet_net(v_owner, v_currency, p_wish ->> 'actor', v_now);
END
$$;

-- What a wallet had paid goes back into it as what it was, the last spent first: { now, actor, key, payment, owner,
-- currency, amount_minor, lives_until, order_id, memo, accounts }. Cash was spent last. Bonus goes back into its lot;
-- one that ends before `lives_until` is renewed, as a lot of its own beside the old one.
CREATE FUNCTION wallet_give_back(p_wish jsonb) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  v_now timestamptz := (p_wish ->> 'now')::timestamptz;
  v_owner text := p_wish ->> 'owner';
  v_currency text := p_wish ->> 'currency';
  v_amount bigint := (p_wish ->> 'amount_minor')::bigint;
  v_until timestamptz := (p_wish ->> 'lives_until')::timestamptz;
  v_id text := 'wallet_refund/' || (p_wish ->> 'key');
  v_group text := 'wallet_refund/' || (p_wish ->> 'payment');
  v_payments text := 'payments:platform:' || v_currency;
  v_cash text := 'cash:' || v_owner || ':' || v_currency;
  v_parts jsonb;
  v_renewed jsonb;
  v_rows jsonb;
BEGIN
  PERFORM wallet_lock(v_owner, '{}');
  IF EXISTS (SELECT 1 FROM ledger_transfer WHERE group_id = v_group AND starts_with(id, v_id || '/')) THEN
    RETURN;
  END IF;
  WITH spent AS (
    SELECT row_number() OVER (ORDER BY t.seq) AS n, t.debit AS account, a.kind, a.expires_at, e.amount_minor AS amount
    FROM ledger_transfer t
      JOIN ledger_transfer e ON e.pending_id = t.id AND e.phase = 'post'
      JOIN ledger_account a ON a.id = t.debit AND a.owner = v_owner
    WHERE t.group_id = p_wish ->> 'payment' AND t.phase = 'pending'),
  due AS (
    SELECT s.*, s.amount - coalesce((SELECT sum(r.amount_minor) FROM ledger_transfer r
      WHERE r.group_id = v_group AND right(r.id, length('/' || s.n)) = '/' || s.n), 0) AS due
    FROM spent s),
  part AS (
    SELECT d.*, coalesce(sum(due) OVER (ORDER BY n DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM due d WHERE due > 0)
  SELECT coalesce(jsonb_agg(jsonb_build_object('n', n, 'kind', kind, 'account', account, 'ends', expires_at,
    'amount', least(due, v_amount - before)) ORDER BY n DESC), '[]')
  INTO v_parts FROM part WHERE before < v_amount;
  -- What no reservation stands behind goes into cash: the sum is always all of it.
  v_amount := v_amount - coalesce((SELECT sum((j ->> 'amount')::bigint) FROM jsonb_array_elements(v_parts) j), 0);
  IF v_amount > 0 THEN
    v_parts := v_parts || jsonb_build_object('n', 0, 'kind', 'cash', 'account', v_cash, 'amount', v_amount);
  END IF;
  SELECT jsonb_agg(jsonb_build_object('id', v_id || '/' || (j ->> 'n'), 'phase', 'direct',
    'kind', CASE j ->> 'kind' WHEN 'bonus' THEN 'bonus_back' ELSE 'wallet_refund' END,
    'debit', v_payments, 'credit', j -> 'account', 'currency', v_currency, 'amount_minor', j -> 'amount',
    'group_id', v_group, 'forced', true, 'order_id', p_wish -> 'order_id', 'memo', p_wish -> 'memo'))
  INTO v_rows FROM jsonb_array_elements(v_parts) j;
  SELECT coalesce(jsonb_agg(j || jsonb_build_object('lot', (j ->> 'account') || '~' || (p_wish ->> 'key'))), '[]')
  INTO v_renewed FROM jsonb_array_elements(v_parts) j
  WHERE j ->> 'kind' = 'bonus' AND (j ->> 'ends')::timestamptz < v_until;
  SELECT v_rows || coalesce(jsonb_agg(jsonb_build_object('id', 'bonus_renewed/' || (j ->> 'lot'), 'phase', 'direct',
    'kind', 'bonus_renewed', 'debit', j -> 'account', 'credit', j -> 'lot', 'currency', v_currency,
    'amount_minor', j -> 'amount', 'forced', true)), '[]')
  INTO v_rows FROM jsonb_array_elements(v_renewed) j;
  PERFORM ledger_post(p_wish || jsonb_build_object('transfers', v_rows, 'accounts', (p_wish -> 'accounts') || (
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', j -> 'lot', 'kind', 'bonus', 'owner', v_owner,
      'currency', v_currency, 'mode', 'strict', 'may_overdraw', false, 'expires_at', v_until)), '[]')
    FROM jsonb_array_elements(v_renewed) j)));
  PERFORM wallet_net(v_owner, v_currency, p_wish ->> 'actor', v_now);
END
$$;

-- What a wallet may still hold: its ceiling less its cash and what is coming, { payment: amount }. Of that what is
-- booked is cash already.
CREATE FUNCTION wallet_room(p_tiers jsonb, p_owner text, p_cash text, p_coming jsonb) RETURNS bigint
LANGUAGE sql STABLE
RETURN (wallet_limit(p_tiers, p_owner, 'balanceMaxMinor')
  - coalesce((SELECT posted_minor FROM ledger_account WHERE id = p_cash), 0)
  - coalesce((SELECT sum(value::bigint) FROM jsonb_each_text(p_coming)
      WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.id = 'top_up/' || key)), 0))::bigint;
