-- What a record was refused by must be known to whoever replays it.
--
-- Unqualified on purpose, as 002_model.sql: run with the schema of a model first on the search path.

-- How far a timestamp might lie after its record's log time, in the stretch.
alter table journal add column future_limit_ms bigint not null default 60000;
