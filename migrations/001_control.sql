-- The frame of the read model: three schemas and the roles that may touch them.
--
--   duel_control   which migrations ran and which model is active
--   model_1        the tables of one model; a rebuild makes model_2 beside it (002_model.sql)
--   duel           the views that analysts query, always over the active model (003_views.sql)
--
-- Run once a database, by its owner, in one transaction.

CREATE SCHEMA IF NOT EXISTS duel_control;
COMMENT ON SCHEMA duel_control IS 'Bookkeeping of Duelcast itself: applied migrations, existing models.';

CREATE TABLE duel_control.models (
  version int PRIMARY KEY,
  schema_name text NOT NULL UNIQUE,
  epoch text NOT NULL CHECK (epoch ~ '^[0-9a-f]{16}$'),
  active boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX one_active_model ON duel_control.models (active) WHERE active;
COMMENT ON TABLE duel_control.models IS 'The sets of tables that exist side by side. Exactly one is active: the views of schema duel read that one.';
COMMENT ON COLUMN duel_control.models.version IS 'Number of the model, counted up by every rebuild.';
COMMENT ON COLUMN duel_control.models.schema_name IS 'Schema that holds its tables.';
COMMENT ON COLUMN duel_control.models.epoch IS 'Identity of its numbering: 16 random hex digits, part of every cursor.';
COMMENT ON COLUMN duel_control.models.active IS 'Whether the views of schema duel read it.';
COMMENT ON COLUMN duel_control.models.created_at IS 'When it was made.';

CREATE SCHEMA model_1;
COMMENT ON SCHEMA model_1 IS 'Tables of model 1, written by the projector alone. Query the views of schema duel instead.';
INSERT INTO duel_control.models (version, schema_name, epoch, active)
VALUES (1, 'model_1', left(replace(gen_random_uuid()::text, '-', ''), 16), true);

CREATE SCHEMA duel;
COMMENT ON SCHEMA duel IS 'The read model: exact, commented, stable names. Role duel_analyst may read all of it.';

-- Roles belong to the whole cluster, so another database may have made them already, or be making
-- them right now. They get no password here: whoever runs the cluster sets one.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['duel_analyst', 'duel_projector', 'duel_wsserver'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', role_name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
END
$$;
COMMENT ON ROLE duel_analyst IS 'Reads every view of schema duel and nothing else.';
COMMENT ON ROLE duel_projector IS 'Writes the tables of the models.';
COMMENT ON ROLE duel_wsserver IS 'Reads every view of schema duel for snapshots and resumption.';

-- An analyst's forgotten query or transaction must not hold up vacuum, nor the switch of views after a rebuild.
ALTER ROLE duel_analyst SET statement_timeout = '60s';
ALTER ROLE duel_analyst SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE duel_analyst SET default_transaction_read_only = on;

GRANT USAGE ON SCHEMA duel TO duel_analyst, duel_projector, duel_wsserver;
ALTER DEFAULT PRIVILEGES IN SCHEMA duel GRANT SELECT ON TABLES TO duel_analyst, duel_projector, duel_wsserver;

GRANT USAGE ON SCHEMA duel_control TO duel_projector;
GRANT SELECT ON duel_control.models TO duel_projector;
GRANT USAGE ON SCHEMA model_1 TO duel_projector;
ALTER DEFAULT PRIVILEGES IN SCHEMA model_1 GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO duel_projector;

-- What Postgres lets everybody do beside reading: make objects in public, make temporary tables, store large
-- objects, and take advisory locks, which are how the projector owns its shards.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DO $$
DECLARE
  open_function regprocedure;
BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO duel_projector', current_database());
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RAISE NOTICE 'advisory locks and large objects stay open to every role: only a superuser can close them';
    RETURN;
  END IF;
  FOR open_function IN
    SELECT oid FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace
      AND (proname LIKE 'pg\_advisory%' OR proname LIKE 'pg\_try\_advisory%' OR proname LIKE 'lo\_%')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', open_function);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO duel_projector', open_function);
  END LOOP;
END
$$;
