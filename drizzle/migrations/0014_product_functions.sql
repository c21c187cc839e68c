-- The price log is evidence (98/6/EC, article 6a): rows are added and never changed, whoever asks.

CREATE FUNCTION price_log_is_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'TC001', MESSAGE = 'price_log.append_only';
END
$$;

CREATE TRIGGER price_log_append_only BEFORE UPDATE OR DELETE ON price_log
FOR EACH ROW EXECUTE FUNCTION price_log_is_append_only();
