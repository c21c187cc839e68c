-- What happened to a case, and who said so, is only added to.
CREATE FUNCTION refund_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'refund_event is append-only';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON refund_event
FOR EACH ROW EXECUTE FUNCTION refund_event_is_append_only();
