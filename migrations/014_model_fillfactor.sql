-- Room on a page for the next version of its rows, so that an update needs no new index entries (HOT).
--
-- Unqualified on purpose, as 002_model.sql: run with the schema of a model first on the search path.

-- A big batch or a ranking changes most rows of a page at once: room for all of them.
alter table portfolios set (fillfactor = 45);
alter table leaderboard set (fillfactor = 45);
alter table positions set (fillfactor = 70);
