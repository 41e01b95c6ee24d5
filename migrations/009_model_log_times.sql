-- By what a shard knows the log again that it has read, so that a topic made anew under the same name is noticed.
--
-- Unqualified on purpose, as 002_model.sql: run with the schema of a model first on the search path.

-- {"trades/3": [0, 1764155156123, 1764155199456]}: offset and log time (ms) of the first record applied, and the log
-- time of the last, which is the one before the offset in `offsets`. Empty where nothing was applied.
alter table shards add column log_times jsonb not null default '{}';

-- After an accepted loss the offsets of a topic that was made anew come a second time.
alter table transfers drop constraint transfers_pkey, add primary key (shard, seq);
alter table dead_letters drop constraint dead_letters_pkey, add primary key (topic, partition, "offset", seq);
