-- What must be true of the read model whatever happened: the books add up. A view that is empty while they do.
--
-- Every table is read once and every trade summed once, by position; what is wrong is named at the end. So it
-- takes seconds on millions of trades, and a condition on contest_id makes it no quicker.
--
-- Names without a schema are of the active model, as in 004_views.sql: run again, it follows another model.

SELECT set_config('search_path', (SELECT schema_name FROM duel_control.models WHERE active), true);

CREATE OR REPLACE VIEW duel.reconciliation_breaks AS
WITH traded AS MATERIALIZED (
  SELECT t.portfolio_no, t.symbol_no, max(t.shard) AS shard, max(t.seq) AS seq,
    sum(t.side * t.amount) AS quantity, sum(t.side * duel.multiply(t.amount, t.price)) AS spent,
    sum(t.fee) AS fees, sum(t.realized_pnl) AS realized_pnl
  FROM trades t
  GROUP BY t.portfolio_no, t.symbol_no
), traded_by_portfolio AS (
  SELECT t.portfolio_no, max(t.shard) AS shard, max(t.seq) AS seq, sum(t.spent) AS spent, sum(t.fees) AS fees,
    sum(t.realized_pnl) AS realized_pnl
  FROM traded t
  GROUP BY t.portfolio_no
), moved AS (
  SELECT x.portfolio_no, max(x.shard) AS shard, max(x.seq) AS seq, sum(x.kind * x.amount) AS amount
  FROM transfers x
  GROUP BY x.portfolio_no
), came_and_went AS (
  SELECT m.portfolio_no, max(m.contest_no) AS contest_no, max(m.shard) AS shard, max(m.seq) AS seq, sum(m.kind) AS stays
  FROM membership m
  GROUP BY m.portfolio_no
), present AS (
  SELECT i.contest_no, count(*) AS participants
  FROM participants i
  WHERE i.left_at IS NULL
  GROUP BY i.contest_no
), valued_at_the_end AS (
  SELECT p.portfolio_no, p.contest_no, p.put_in,
    duel.in_range(p.cash + coalesce(sum(duel.multiply(o.quantity, f.price)), 0)) AS equity
  FROM contests c
  JOIN participants i ON i.contest_no = c.contest_no AND i.left_at IS NULL
  JOIN portfolios p ON p.portfolio_no = i.portfolio_no
  LEFT JOIN positions o ON o.portfolio_no = p.portfolio_no AND o.quantity <> 0
  LEFT JOIN final_marks f ON f.contest_no = p.contest_no AND f.symbol_no = o.symbol_no
  WHERE c.status = 'completed'
  GROUP BY p.portfolio_no
), scored_at_the_end AS (
  SELECT v.portfolio_no, v.contest_no, v.equity, v.put_in, duel.performance(v.equity, v.put_in) AS performance
  FROM valued_at_the_end v
), ranked_at_the_end AS (
  -- With nothing put in a portfolio ranks as 0 percent; one that is worth more than there are digits for ranks last.
  SELECT s.portfolio_no, s.contest_no, s.equity, s.performance, rank() OVER (
    PARTITION BY s.contest_no
    ORDER BY CASE WHEN s.equity IS NULL THEN NULL WHEN s.put_in > 0 THEN s.performance ELSE 0 END DESC NULLS LAST
  ) AS rank
  FROM scored_at_the_end s
), ranked_live AS (
  SELECT l.portfolio_no, l.contest_no, l.shard, l.seq, l.rank,
    rank() OVER (PARTITION BY l.contest_no ORDER BY l.performance DESC) AS wanted,
    bool_and(l.performance IS NOT NULL) OVER (PARTITION BY l.contest_no) AS is_comparable
  FROM leaderboard l
  JOIN contests c ON c.contest_no = l.contest_no AND c.status = 'active'
), breaks AS (
  SELECT 'positions' AS relation, portfolio_no, NULL::bigint AS contest_no, symbol_no, b.what, b.expected, b.found,
    coalesce(o.shard, t.shard) AS shard, coalesce(o.seq, t.seq) AS seq
  FROM positions o
  FULL JOIN traded t USING (portfolio_no, symbol_no)
  CROSS JOIN LATERAL (VALUES
    ('quantity is what was bought less what was sold', coalesce(t.quantity, 0), o.quantity),
    ('cost is what was paid less what was received, plus what that realized', coalesce(t.spent + t.realized_pnl, 0),
     o.cost),
    ('cost has the sign of quantity', sign(o.quantity),
     CASE WHEN o.cost = 0 AND o.quantity <> 0 THEN sign(o.quantity) ELSE sign(o.cost) END),
    ('realized_pnl is the sum over its trades', coalesce(t.realized_pnl, 0), o.realized_pnl)
  ) AS b (what, expected, found)
  WHERE b.expected IS DISTINCT FROM b.found

  UNION ALL
  SELECT 'portfolios', portfolio_no, p.contest_no, NULL, b.what, b.expected, b.found,
    coalesce(p.shard, t.shard, x.shard), coalesce(p.seq, t.seq, x.seq)
  FROM portfolios p
  FULL JOIN traded_by_portfolio t USING (portfolio_no)
  FULL JOIN moved x USING (portfolio_no)
  LEFT JOIN contests c ON c.contest_no = p.contest_no
  CROSS JOIN LATERAL (SELECT coalesce(c.starting_balance, 0) + coalesce(x.amount, 0) AS put_in) w
  CROSS JOIN LATERAL (VALUES
    ('put_in is the starting balance plus deposits less withdrawals', w.put_in, p.put_in),
    ('cash is what was put in, less what its trades cost and their fees',
     w.put_in - coalesce(t.spent, 0) - coalesce(t.fees, 0), p.cash),
    ('fees is the sum over its trades', coalesce(t.fees, 0), p.fees),
    ('realized_pnl is the sum over its trades', coalesce(t.realized_pnl, 0), p.realized_pnl)
  ) AS b (what, expected, found)
  WHERE b.expected IS DISTINCT FROM b.found

  UNION ALL
  SELECT 'contests', NULL, c.contest_no, NULL, 'total_participants is how many joined and have not left',
    coalesce(n.participants, 0), c.total_participants, c.shard, c.seq
  FROM contests c
  LEFT JOIN present n ON n.contest_no = c.contest_no
  WHERE c.total_participants <> coalesce(n.participants, 0)

  UNION ALL
  SELECT 'participants', portfolio_no, coalesce(i.contest_no, m.contest_no), NULL, b.what, b.expected, b.found,
    coalesce(i.shard, m.shard), coalesce(i.seq, m.seq)
  FROM participants i
  FULL JOIN came_and_went m USING (portfolio_no)
  LEFT JOIN portfolios p USING (portfolio_no)
  CROSS JOIN LATERAL (VALUES
    ('left_at is set while the wallet left as often as it joined', coalesce(m.stays, 0),
     CASE WHEN i.portfolio_no IS NOT NULL THEN (i.left_at IS NULL)::int END),
    ('it has a portfolio', 1, (p.portfolio_no IS NOT NULL)::int)
  ) AS b (what, expected, found)
  WHERE b.expected IS DISTINCT FROM b.found

  UNION ALL
  SELECT 'final_standings', portfolio_no, coalesce(f.contest_no, r.contest_no), NULL, b.what, b.expected, b.found,
    f.shard, f.seq
  FROM final_standings f
  FULL JOIN ranked_at_the_end r USING (portfolio_no)
  CROSS JOIN LATERAL (VALUES
    ('portfolio_value is the equity at the marks of the end', r.equity, f.portfolio_value),
    ('performance is that of this equity', r.performance, f.performance),
    ('rank follows performance, equal ones share it (1, 2, 2, 4)', r.rank, f.rank)
  ) AS b (what, expected, found)
  WHERE b.expected IS DISTINCT FROM b.found

  UNION ALL
  SELECT 'leaderboard', portfolio_no, coalesce(f.contest_no, l.contest_no), NULL, b.what, b.expected, b.found,
    coalesce(l.shard, f.shard), coalesce(l.seq, f.seq)
  FROM final_standings f
  FULL JOIN (
    SELECT e.* FROM leaderboard e JOIN contests c ON c.contest_no = e.contest_no AND c.status = 'completed'
  ) l USING (portfolio_no)
  CROSS JOIN LATERAL (VALUES
    ('portfolio_value of an ended contest is that of its final standings', f.portfolio_value, l.portfolio_value),
    ('rank of an ended contest is that of its final standings', f.rank, l.rank)
  ) AS b (what, expected, found)
  WHERE b.expected IS DISTINCT FROM b.found

  UNION ALL
  SELECT 'leaderboard', l.portfolio_no, l.contest_no, NULL,
    'rank follows performance, equal ones share it (1, 2, 2, 4)', l.wanted, l.rank, l.shard, l.seq
  FROM ranked_live l
  WHERE l.rank <> l.wanted AND l.is_comparable
)
SELECT b.relation, c.contest_id, w.wallet_address, y.symbol, b.what, b.expected, b.found,
  duel.shard_name(coalesce(b.shard, p.shard)) AS shard, coalesce(b.seq, p.seq) AS seq
FROM breaks b
LEFT JOIN portfolios p ON p.portfolio_no = b.portfolio_no
LEFT JOIN wallets w ON w.wallet_no = p.wallet_no
LEFT JOIN contests c ON c.contest_no = coalesce(b.contest_no, p.contest_no)
LEFT JOIN symbols y ON y.symbol_no = b.symbol_no;

COMMENT ON VIEW duel.reconciliation_breaks IS
  'Where the books do not add up. Empty while all is well: one row a rule that a row breaks.';
COMMENT ON COLUMN duel.reconciliation_breaks.relation IS 'Relation of schema duel whose row is wrong, missing or one too many.';
COMMENT ON COLUMN duel.reconciliation_breaks.contest_id IS 'Contest; null for a main portfolio.';
COMMENT ON COLUMN duel.reconciliation_breaks.wallet_address IS 'Wallet; null where the rule is about a whole contest.';
COMMENT ON COLUMN duel.reconciliation_breaks.symbol IS 'Symbol; null where the rule is about more than one position.';
COMMENT ON COLUMN duel.reconciliation_breaks.what IS 'The rule that does not hold.';
COMMENT ON COLUMN duel.reconciliation_breaks.expected IS 'What the other relations say; null where there should be no row.';
COMMENT ON COLUMN duel.reconciliation_breaks.found IS 'What the row says; null where there is no row.';
COMMENT ON COLUMN duel.reconciliation_breaks.shard IS 'Unit of projection that wrote the row: contest/P.';
COMMENT ON COLUMN duel.reconciliation_breaks.seq IS
  'How many records of the log that shard had applied when it last wrote the row.';
