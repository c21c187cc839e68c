-- Terms of a sale are evidence: a rule is ended once, and nothing else of it ever changes.
CREATE FUNCTION commission_rule_only_ends() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
    AND (to_jsonb(NEW) - '{ends_at,ended_by,ended_at,end_reason}'::text[])
      = (to_jsonb(OLD) - '{ends_at,ended_by,ended_at,end_reason}'::text[]) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'TC001', MESSAGE = 'commission.ended';
END
$$;

CREATE TRIGGER commission_rule_only_ends BEFORE UPDATE OR DELETE ON commission_rule
FOR EACH ROW EXECUTE FUNCTION commission_rule_only_ends();

CREATE FUNCTION seller_history_is_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER seller_point_append_only BEFORE UPDATE OR DELETE ON seller_point
FOR EACH ROW EXECUTE FUNCTION seller_history_is_append_only();

CREATE TRIGGER seller_log_append_only BEFORE UPDATE OR DELETE ON seller_log
FOR EACH ROW EXECUTE FUNCTION seller_history_is_append_only();
