-- A sum of hashes over the rows that a shard has written, kept with every commit: `duel-projector verify` compares it.
--
-- Unqualified on purpose, as 002_model.sql: run with the schema of a model first on the search path.

-- Of the tables, columns and hashing in projector/rules/digest.hpp. Unknown (null) for a shard that had rows before.
alter table shards add column digest bigint;
update shards set digest = 0 where seq = 0;
