-- The consent ledger only grows: what somebody agreed to, and when, is evidence.
CREATE FUNCTION user_consent_is_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'user_consent is append-only';
END
$$;

CREATE TRIGGER user_consent_append_only
  BEFORE UPDATE OR DELETE ON user_consent
  FOR EACH ROW EXECUTE FUNCTION user_consent_is_append_only();
