-- Who is in a group, and who is kept apart. Whoever changes either locks the people first, in their order, and the
-- group after them: of an addition and a block at one time the second sees what the first has done.

CREATE FUNCTION chat_lock_people(p_people text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_person text;
BEGIN
  FOR v_person IN SELECT DISTINCT one FROM unnest(p_people) AS one ORDER BY one LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('chat_person ' || v_person, 0));
  END LOOP;
END
$$;

-- Two of whom one has blocked the other are never in one group.
CREATE FUNCTION chat_add_people(
  p_conversation text, p_by text, p_people text[], p_role text, p_max int, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_owner text;
  v_everybody text[];
BEGIN
  PERFORM chat_lock_people(p_people);
  SELECT opened_by INTO v_owner FROM chat_conversation
    WHERE id = p_conversation AND kind = 'group' FOR UPDATE;
  PERFORM assert_that(v_owner IS NOT NULL, 'chat.only_in_groups');
  PERFORM assert_that(v_owner = p_by OR (p_role = 'member' AND EXISTS (
    SELECT 1 FROM chat_inbox WHERE conversation_id = p_conversation AND party_id = p_by AND role = 'admin')),
    'chat.not_yours_to_set');
  v_everybody := p_people || ARRAY(SELECT party_id FROM chat_inbox WHERE conversation_id = p_conversation);
  PERFORM assert_that(NOT EXISTS (
    SELECT 1 FROM chat_block
    WHERE (blocker_id = ANY (p_people) AND blocked_id = ANY (v_everybody))
      OR (blocked_id = ANY (p_people) AND blocker_id = ANY (v_everybody))), 'chat.kept_apart');
  -- An admin adds, and takes nobody's office away by adding him again.
  INSERT INTO chat_inbox
    (party_id, conversation_id, role, last_seq, last_at, preview, unread, version)
    SELECT DISTINCT one, p_conversation, p_role, 0, p_now, '', 0, 0 FROM unnest(p_people) AS one
    ON CONFLICT (party_id, conversation_id) DO UPDATE
      SET role = CASE WHEN v_owner = p_by THEN excluded.role ELSE chat_inbox.role END;
  PERFORM assert_that(
    (SELECT count(*) FROM chat_inbox WHERE conversation_id = p_conversation) <= p_max, 'chat.group_full');
  UPDATE chat_conversation SET people_version = people_version + 1 WHERE id = p_conversation;
END
$$;

-- Oneself, or somebody below oneself. A group whose owner goes is its oldest admin's, else its oldest member's.
CREATE FUNCTION chat_remove_person(p_conversation text, p_by text, p_person text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_owner text;
BEGIN
  SELECT opened_by INTO v_owner FROM chat_conversation
    WHERE id = p_conversation AND kind = 'group' FOR UPDATE;
  PERFORM assert_that(v_owner IS NOT NULL, 'chat.only_in_groups');
  PERFORM assert_that(p_by IN (p_person, v_owner) OR (v_owner <> p_person AND EXISTS (
    SELECT 1 FROM chat_inbox AS own JOIN chat_inbox AS other ON other.conversation_id = own.conversation_id
    WHERE own.conversation_id = p_conversation AND own.party_id = p_by AND own.role = 'admin'
      AND other.party_id = p_person AND other.role = 'member')), 'chat.not_yours_to_set');
  DELETE FROM chat_inbox WHERE conversation_id = p_conversation AND party_id = p_person;
  UPDATE chat_conversation SET people_version = people_version + 1, opened_by = CASE
      WHEN v_owner <> p_person THEN v_owner
      ELSE coalesce((SELECT party_id FROM chat_inbox WHERE conversation_id = p_conversation
        ORDER BY role = 'admin' DESC, party_id LIMIT 1), v_owner) END
    WHERE id = p_conversation;
END
$$;
