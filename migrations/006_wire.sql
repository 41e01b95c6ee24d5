-- What the WebSocket servers read beside the analysts' views: where each channel stands, and event messages in
-- the order of their channel, each with the one before. So a client that was away for long resumes without a hole.
--
-- Names without a schema are of the active model, as in 004_views.sql: run again, it follows another model.

SELECT set_config('search_path', (SELECT schema_name FROM duel_control.models WHERE active), true);

CREATE SCHEMA IF NOT EXISTS duel_wire;
COMMENT ON SCHEMA duel_wire IS 'For the WebSocket servers alone: channels and their event messages.';
GRANT USAGE ON SCHEMA duel_wire TO duel_wsserver;
ALTER DEFAULT PRIVILEGES IN SCHEMA duel_wire GRANT SELECT ON TABLES TO duel_wsserver;

CREATE OR REPLACE VIEW duel_wire.contests AS
SELECT c.contest_id, c.last_event_seq, c.ended_at, duel.shard_name(c.shard) AS shard
FROM contests c;
COMMENT ON VIEW duel_wire.contests IS 'Channel of a contest: the seq of its newest activity.';

-- The baseline is what performance_24h compares with, chosen as in duel.portfolios.
CREATE OR REPLACE VIEW duel_wire.portfolios AS
SELECT c.contest_id, w.wallet_address, p.cash, p.put_in, p.realized_pnl, p.fees, p.last_trade_at, p.last_event_seq,
  b.equity AS baseline_equity, b.put_in AS baseline_put_in, c.ended_at IS NOT NULL AS is_final,
  duel.shard_name(p.shard) AS shard
FROM portfolios p
JOIN wallets w ON w.wallet_no = p.wallet_no
JOIN shards s ON s.shard = p.shard
LEFT JOIN contests c ON c.contest_no = p.contest_no
LEFT JOIN LATERAL (
  SELECT h.equity, h.put_in
  FROM (
    (SELECT 1 AS choice, e.equity, e.put_in FROM equity_history e
     WHERE e.portfolio_no = p.portfolio_no
       AND e.minute < date_bin('1 minute', least(s.now, c.ended_at), 'epoch') - interval '1440 minutes'
     ORDER BY e.minute DESC LIMIT 1)
    UNION ALL
    (SELECT 2, e.equity, e.put_in FROM equity_history e
     WHERE e.portfolio_no = p.portfolio_no
     ORDER BY e.minute LIMIT 1)
  ) h
  ORDER BY h.choice LIMIT 1
) b ON true;
COMMENT ON VIEW duel_wire.portfolios IS
  'Channel of a portfolio: its cash, the seq of its newest trade, and the equity of 24 hours ago.';

CREATE OR REPLACE VIEW duel_wire.trades AS
SELECT c.contest_id, w.wallet_address, t.trade_id, y.symbol, CASE t.side WHEN 1 THEN 'buy' ELSE 'sell' END AS side,
  t.amount, t.price, t.fee, t.realized_pnl, t.traded_at, t.seq, t.prev_seq
FROM trades t
JOIN contests c ON c.contest_no = t.scope_no
JOIN portfolios p ON p.portfolio_no = t.portfolio_no AND p.contest_no = t.scope_no
JOIN wallets w ON w.wallet_no = p.wallet_no
JOIN symbols y ON y.symbol_no = t.symbol_no
UNION ALL
SELECT NULL, w.wallet_address, t.trade_id, y.symbol, CASE t.side WHEN 1 THEN 'buy' ELSE 'sell' END,
  t.amount, t.price, t.fee, t.realized_pnl, t.traded_at, t.seq, t.prev_seq
FROM trades t
JOIN portfolios p ON p.portfolio_no = t.scope_no AND p.contest_no IS NULL
JOIN wallets w ON w.wallet_no = p.wallet_no
JOIN symbols y ON y.symbol_no = t.symbol_no;
COMMENT ON VIEW duel_wire.trades IS 'Event messages of portfolios. prev_seq is the trade before in the same portfolio, 0 for the first.';

CREATE OR REPLACE VIEW duel_wire.activity AS
SELECT c.contest_id, w.wallet_address, i.username, 'trade' AS activity_type, y.symbol,
  CASE t.side WHEN 1 THEN 'buy' ELSE 'sell' END AS side, t.amount, t.price, t.traded_at AS at,
  t.seq, t.activity_prev_seq AS prev_seq
FROM trades t
JOIN contests c ON c.contest_no = t.scope_no
JOIN portfolios p ON p.portfolio_no = t.portfolio_no AND p.contest_no = t.scope_no
JOIN participants i ON i.portfolio_no = t.portfolio_no
JOIN wallets w ON w.wallet_no = p.wallet_no
JOIN symbols y ON y.symbol_no = t.symbol_no
UNION ALL
SELECT c.contest_id, w.wallet_address, m.username, CASE m.kind WHEN 1 THEN 'join' ELSE 'leave' END,
  NULL, NULL, NULL::numeric(38, 18), NULL::numeric(38, 18), m.at, m.seq, m.prev_seq
FROM membership m
JOIN contests c ON c.contest_no = m.contest_no
JOIN portfolios p ON p.portfolio_no = m.portfolio_no
JOIN wallets w ON w.wallet_no = p.wallet_no;
COMMENT ON VIEW duel_wire.activity IS 'Event messages of contests. prev_seq is the activity before in the same contest, 0 for the first.';
