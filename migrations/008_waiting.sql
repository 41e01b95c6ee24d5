-- Waiting for a record to show up in the read model: for all of it, and never with a wrong answer.
--
-- A record of trades/P is in the read model once contest/P has applied it; one of prices/P once market/P has
-- and every contest shard, which all value positions at it. A shard that has read nothing of a partition yet
-- does not name it in its offsets. Every look is a statement of its own, so it sees the newest commit.

CREATE OR REPLACE FUNCTION duel.wait_for(topic text, partition int, "offset" bigint, patience interval DEFAULT '10s')
RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  source CONSTANT text := topic || '/' || partition;
  home CONSTANT text := CASE topic WHEN 'trades' THEN 'contest/' ELSE 'market/' END || partition;
  give_up CONSTANT timestamptz := clock_timestamp() + patience;
  is_projected boolean;
  is_applied boolean;
BEGIN
  IF num_nulls(topic, partition, "offset", patience) > 0 THEN
    RAISE EXCEPTION 'topic, partition, offset and patience are wanted, none of them null'
      USING ERRCODE = 'null_value_not_allowed';
  ELSIF topic NOT IN ('trades', 'prices') THEN
    RAISE EXCEPTION 'topic is "%"; wanted trades or prices, which the read model is made of', topic
      USING ERRCODE = 'invalid_parameter_value';
  ELSIF partition < 0 THEN
    RAISE EXCEPTION 'partition is %; wanted 0 or more', partition USING ERRCODE = 'invalid_parameter_value';
  ELSIF "offset" < 0 THEN
    RAISE EXCEPTION 'offset is %; wanted the one that Kafka gave the record, 0 or more', "offset"
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  LOOP
    SELECT coalesce(bool_or(s.shard = home), false),
      bool_and(coalesce((s.offsets ->> source)::bigint, 0) > wait_for."offset")
    INTO is_projected, is_applied
    FROM duel.shards s
    WHERE s.shard = home OR (topic = 'prices' AND s.shard LIKE 'contest/%');
    IF is_projected AND is_applied THEN
      RETURN true;
    ELSIF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
      RAISE EXCEPTION 'a % transaction sees nothing that is committed after its start: wait before it',
        current_setting('transaction_isolation') USING ERRCODE = 'active_sql_transaction';
    ELSIF clock_timestamp() >= give_up THEN
      EXIT;
    END IF;
    PERFORM pg_sleep(0.02);
  END LOOP;
  IF NOT is_projected THEN
    RAISE EXCEPTION 'nobody projects %: duel.shards has no %', source, home
      USING ERRCODE = 'invalid_parameter_value',
        HINT = 'Either the topic has no such partition, or no projector has run since it was made.';
  END IF;
  RETURN false;
END
$$;
COMMENT ON FUNCTION duel.wait_for IS
  'Waits until everything that reads the record at this place of the log has applied it: true then, false when patience ran out first. An error for a place that cannot be.';
