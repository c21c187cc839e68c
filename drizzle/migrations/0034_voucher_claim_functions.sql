-- What was used as a visitor is its person's once he has proved the address that it was ordered with: his limits count
-- it, and he has bought before. People are locked first, as in voucher_redeem, so that a checkout of his that runs
-- meanwhile counts it or comes before it. The same again changes nothing.
CREATE FUNCTION voucher_claim(p_groups jsonb, p_buyer text, p_email text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(k) FROM (
    SELECT DISTINCT hashtextextended('voucher ' || identity, 0) AS k
    FROM unnest(ARRAY[p_buyer, p_email]) AS identity ORDER BY 1) AS people;

  UPDATE voucher_redemption r SET buyer_id = p_buyer
  FROM (SELECT order_group_id, voucher_id FROM voucher_redemption
    WHERE order_group_id IN (SELECT jsonb_array_elements_text(p_groups))
    ORDER BY order_group_id, voucher_id FOR NO KEY UPDATE) AS mine
  WHERE r.order_group_id = mine.order_group_id AND r.voucher_id = mine.voucher_id;

  INSERT INTO voucher_patron AS p (identity, order_id, is_cancelled)
  SELECT p_buyer, order_id, is_cancelled FROM voucher_patron WHERE identity = p_email ORDER BY order_id
  ON CONFLICT (identity, order_id) DO UPDATE SET is_cancelled = p.is_cancelled OR excluded.is_cancelled;
END
$$;
