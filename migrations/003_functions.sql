-- The arithmetic of the read model, and waiting for a record to show up in it.
--
-- The projector computes with the same rules (core/amount.hpp), so both agree to the last digit.

CREATE FUNCTION duel.shard_name(shard smallint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE shard % 2 WHEN 0 THEN 'contest/' ELSE 'market/' END || (shard / 2)::text;
COMMENT ON FUNCTION duel.shard_name IS
  'Name of a shard: contest/P projects partition P of the topic trades, market/P that of prices.';

CREATE FUNCTION duel.multiply(a numeric, b numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(a * b, 18);
COMMENT ON FUNCTION duel.multiply IS
  'Product with 18 places, rounded half away from zero. Round products with it before you sum them.';

-- Postgres's own division rounds to some 16 significant digits, and a cast to numeric(38,18) rounds that
-- again: one quotient in 200 ends up wrong. div() is exact, so adding half the divisor before it rounds once.
CREATE FUNCTION duel.divide(a numeric, b numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN b <> 0 THEN
  sign(a) * sign(b) * div(2000000000000000000 * abs(a) + abs(b), 2 * abs(b)) * 0.000000000000000001
END;
COMMENT ON FUNCTION duel.divide IS
  'Quotient with 18 places, rounded once, half away from zero; null when the divisor is zero.';

CREATE FUNCTION duel.in_range(value numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN abs(value) < 100000000000000000000 THEN value END;
COMMENT ON FUNCTION duel.in_range IS
  'The value, or null where it does not fit numeric(38,18). For derived values; stored ones always fit.';

CREATE FUNCTION duel.performance(equity numeric, put_in numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN put_in > 0 THEN duel.in_range(duel.divide((equity - put_in) * 100, put_in)) END;
COMMENT ON FUNCTION duel.performance IS
  'Gain in percent of what was put in, 18 places; null where nothing was put in or nothing is left of it.';

-- Every look is a statement of its own, so outside REPEATABLE READ each sees the newest commit.
CREATE FUNCTION duel.wait_for(topic text, partition int, "offset" bigint, patience interval DEFAULT '10s')
RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  source CONSTANT text := topic || '/' || partition;
  give_up CONSTANT timestamptz := clock_timestamp() + patience;
  waiting bigint;
BEGIN
  LOOP
    SELECT count(*) FILTER (WHERE (s.offsets ->> source)::bigint <= wait_for."offset")
    INTO waiting
    FROM duel.shards s
    WHERE s.offsets ? source;
    IF waiting = 0 AND EXISTS (SELECT FROM duel.shards s WHERE s.offsets ? source) THEN
      RETURN true;
    END IF;
    IF clock_timestamp() >= give_up THEN
      RETURN false;
    END IF;
    PERFORM pg_sleep(0.02);
  END LOOP;
END
$$;
COMMENT ON FUNCTION duel.wait_for IS
  'Waits until every shard that reads the record at this place of the log has applied it: true then, false when patience ran out first.';
