-- What analysts query: one view a relation of docs/read-model.md, natural keys in place of the tables' numbers.
--
-- Every view names what it reads without a schema and finds it through the search path set here, so running
-- this file again after another model became the active one moves all of them over, within one transaction.
--
-- Joins follow the indexes of the tables: a contest is found by its contest_id, its trades by the scope they
-- share with it, a portfolio by contest and wallet. Trades and transfers outside any contest have their
-- portfolio as scope, hence the two halves of those views; a condition on contest_id leaves one of them.

SELECT set_config('search_path', (SELECT schema_name FROM duel_control.models WHERE active), true);

CREATE OR REPLACE VIEW duel.shards AS
SELECT duel.shard_name(s.shard) AS shard, s.epoch, s.seq, s.offsets, s.lag_records, s.owner, s.fence, s.now,
  s.published_seq, s.updated_at
FROM shards s;

CREATE OR REPLACE VIEW duel.journal AS
SELECT duel.shard_name(j.shard) AS shard, j.seq_from, j.seq_to, j.start_offsets, j.end_offsets, j.cause, j.epoch,
  j.seq_to AS seq
FROM journal j;

CREATE OR REPLACE VIEW duel.dead_letters AS
SELECT d.topic, d.partition, d."offset", d.code, d.reason, d.field, d.key, d.value, d.logged_at,
  duel.shard_name(d.shard) AS shard, d.seq
FROM dead_letters d;

CREATE OR REPLACE VIEW duel.tokens AS
SELECT y.symbol, t.name, t.decimals, t.image_url, t.supply, duel.shard_name(t.shard) AS shard, t.seq
FROM tokens t
JOIN symbols y ON y.symbol_no = t.symbol_no;

CREATE OR REPLACE VIEW duel.prices AS
SELECT y.symbol, p.price, p.change_24h, p.volume_24h, p.high_24h, p.low_24h, p.updated_at,
  duel.shard_name(p.shard) AS shard, p.seq
FROM prices p
JOIN symbols y ON y.symbol_no = p.symbol_no;

CREATE OR REPLACE VIEW duel.market_sentiment AS
SELECT y.symbol, m.sentiment_score, m.buy_pressure, m.sell_pressure, m.volume_trend, m.updated_at,
  duel.shard_name(m.shard) AS shard, m.seq
FROM market_sentiment m
JOIN symbols y ON y.symbol_no = m.symbol_no;

CREATE OR REPLACE VIEW duel.candles AS
SELECT y.symbol, k."interval", k.opened_at, k.open, k.high, k.low, k.close, k.volume, k.buy_volume, k.sell_volume,
  k.trades_count, k.revision, duel.shard_name(k.shard) AS shard, k.seq
FROM candles k
JOIN symbols y ON y.symbol_no = k.symbol_no;

-- A wallet has a row in every shard that met it; the newest name is the one of the latest joining.
CREATE OR REPLACE VIEW duel.wallets AS
SELECT DISTINCT ON (w.wallet_address) w.wallet_address, w.username,
  min(w.first_seen_at) OVER everywhere AS first_seen_at,
  max(traded.last_trade_at) OVER everywhere AS last_trade_at,
  duel.shard_name(w.shard) AS shard, w.seq
FROM wallets w
CROSS JOIN LATERAL (
  SELECT max(p.last_trade_at) AS last_trade_at FROM portfolios p WHERE p.wallet_no = w.wallet_no
) traded
WINDOW everywhere AS (PARTITION BY w.wallet_address)
ORDER BY w.wallet_address, w.username_at DESC NULLS LAST, w.shard;

CREATE OR REPLACE VIEW duel.contests AS
SELECT c.contest_id, c.name, c.status, c.starting_balance, c.prize_pool, c.starts_at, c.ends_at, c.rounds,
  c.current_round, c.total_participants, c.created_at, c.started_at, c.ended_at,
  duel.shard_name(c.shard) AS shard, c.seq
FROM contests c;

CREATE OR REPLACE VIEW duel.participants AS
SELECT c.contest_id, w.wallet_address, i.username, i.joined_at, i.left_at, duel.shard_name(i.shard) AS shard, i.seq
FROM participants i
JOIN portfolios p ON p.portfolio_no = i.portfolio_no
JOIN contests c ON c.contest_no = p.contest_no
JOIN wallets w ON w.wallet_no = p.wallet_no;

CREATE OR REPLACE VIEW duel.positions AS
SELECT c.contest_id, w.wallet_address, y.symbol, o.quantity, o.cost,
  duel.in_range(duel.divide(o.cost, o.quantity))::numeric(38, 18) AS average_price,
  m.price AS mark_price, o.realized_pnl,
  duel.in_range(duel.multiply(o.quantity, m.price) - o.cost)::numeric(38, 18) AS unrealized_pnl,
  duel.shard_name(o.shard) AS shard, o.seq
FROM positions o
JOIN symbols y ON y.symbol_no = o.symbol_no
JOIN portfolios p ON p.portfolio_no = o.portfolio_no
JOIN wallets w ON w.wallet_no = p.wallet_no
LEFT JOIN contests c ON c.contest_no = p.contest_no
LEFT JOIN final_marks f ON f.contest_no = p.contest_no AND f.symbol_no = o.symbol_no
LEFT JOIN marks k ON k.symbol_no = o.symbol_no
CROSS JOIN LATERAL (SELECT CASE WHEN c.ended_at IS NULL THEN k.price ELSE f.price END AS price) m;

-- performance_24h compares with the newest equity before the window, else with the first known, else with what
-- was put in. The window is the current minute and the 1,440 before it; what came in since then counts as put in.
CREATE OR REPLACE VIEW duel.portfolios AS
SELECT c.contest_id, w.wallet_address, p.cash, v.equity::numeric(38, 18) AS equity, p.realized_pnl,
  v.unrealized_pnl::numeric(38, 18) AS unrealized_pnl, p.fees, p.put_in,
  duel.performance(v.equity, p.put_in)::numeric(38, 18) AS performance,
  (SELECT duel.performance(v.equity, h.equity + p.put_in - h.put_in)
   FROM (
     (SELECT 1 AS choice, b.equity, b.put_in FROM equity_history b
      WHERE b.portfolio_no = p.portfolio_no
        AND b.minute < date_bin('1 minute', least(s.now, c.ended_at), 'epoch') - interval '1440 minutes'
      ORDER BY b.minute DESC LIMIT 1)
     UNION ALL
     (SELECT 2, b.equity, b.put_in FROM equity_history b
      WHERE b.portfolio_no = p.portfolio_no
      ORDER BY b.minute LIMIT 1)
     UNION ALL
     SELECT 3, p.put_in, p.put_in
   ) h
   ORDER BY h.choice LIMIT 1)::numeric(38, 18) AS performance_24h,
  p.last_trade_at, duel.shard_name(p.shard) AS shard, p.seq
FROM portfolios p
JOIN wallets w ON w.wallet_no = p.wallet_no
JOIN shards s ON s.shard = p.shard
LEFT JOIN contests c ON c.contest_no = p.contest_no
CROSS JOIN LATERAL (
  SELECT duel.in_range(p.cash + coalesce(sum(duel.multiply(o.quantity, m.price)), 0)) AS equity,
    duel.in_range(coalesce(sum(duel.multiply(o.quantity, m.price) - o.cost), 0)) AS unrealized_pnl
  FROM positions o
  LEFT JOIN final_marks f ON f.contest_no = p.contest_no AND f.symbol_no = o.symbol_no
  LEFT JOIN marks k ON k.symbol_no = o.symbol_no
  CROSS JOIN LATERAL (SELECT CASE WHEN c.ended_at IS NULL THEN k.price ELSE f.price END AS price) m
  WHERE o.portfolio_no = p.portfolio_no AND o.quantity <> 0
) v;

CREATE OR REPLACE VIEW duel.trades AS
SELECT c.contest_id, w.wallet_address, t.trade_id, y.symbol, CASE t.side WHEN 1 THEN 'buy' ELSE 'sell' END AS side,
  t.amount, t.price, t.fee, t.realized_pnl, t.traded_at, t.shard / 2 AS partition, t."offset",
  duel.shard_name(t.shard) AS shard, t.seq
FROM trades t
JOIN contests c ON c.contest_no = t.scope_no
JOIN portfolios p ON p.portfolio_no = t.portfolio_no AND p.contest_no = t.scope_no
JOIN wallets w ON w.wallet_no = p.wallet_no
JOIN symbols y ON y.symbol_no = t.symbol_no
UNION ALL
SELECT NULL, w.wallet_address, t.trade_id, y.symbol, CASE t.side WHEN 1 THEN 'buy' ELSE 'sell' END,
  t.amount, t.price, t.fee, t.realized_pnl, t.traded_at, t.shard / 2, t."offset",
  duel.shard_name(t.shard), t.seq
FROM trades t
JOIN portfolios p ON p.portfolio_no = t.scope_no AND p.contest_no IS NULL
JOIN wallets w ON w.wallet_no = p.wallet_no
JOIN symbols y ON y.symbol_no = t.symbol_no;

CREATE OR REPLACE VIEW duel.transfers AS
SELECT c.contest_id, w.wallet_address, x.shard / 2 AS partition, x."offset", x.transfer_id,
  CASE x.kind WHEN 1 THEN 'deposit' ELSE 'withdrawal' END AS kind, x.amount, x.transferred_at,
  duel.shard_name(x.shard) AS shard, x.seq
FROM transfers x
JOIN contests c ON c.contest_no = x.scope_no
JOIN portfolios p ON p.portfolio_no = x.portfolio_no AND p.contest_no = x.scope_no
JOIN wallets w ON w.wallet_no = p.wallet_no
UNION ALL
SELECT NULL, w.wallet_address, x.shard / 2, x."offset", x.transfer_id,
  CASE x.kind WHEN 1 THEN 'deposit' ELSE 'withdrawal' END, x.amount, x.transferred_at,
  duel.shard_name(x.shard), x.seq
FROM transfers x
JOIN portfolios p ON p.portfolio_no = x.scope_no AND p.contest_no IS NULL
JOIN wallets w ON w.wallet_no = p.wallet_no;

CREATE OR REPLACE VIEW duel.activity AS
SELECT c.contest_id, t.seq, w.wallet_address, i.username, 'trade' AS activity_type, y.symbol, t.amount, t.price,
  t.traded_at AS at, duel.shard_name(t.shard) AS shard
FROM trades t
JOIN contests c ON c.contest_no = t.scope_no
JOIN portfolios p ON p.portfolio_no = t.portfolio_no AND p.contest_no = t.scope_no
JOIN participants i ON i.portfolio_no = t.portfolio_no
JOIN wallets w ON w.wallet_no = p.wallet_no
JOIN symbols y ON y.symbol_no = t.symbol_no
UNION ALL
SELECT c.contest_id, m.seq, w.wallet_address, m.username, CASE m.kind WHEN 1 THEN 'join' ELSE 'leave' END,
  NULL, NULL::numeric(38, 18), NULL::numeric(38, 18), m.at, duel.shard_name(m.shard)
FROM membership m
JOIN contests c ON c.contest_no = m.contest_no
JOIN portfolios p ON p.portfolio_no = m.portfolio_no
JOIN wallets w ON w.wallet_no = p.wallet_no;

CREATE OR REPLACE VIEW duel.final_standings AS
SELECT c.contest_id, w.wallet_address, l.rank, i.username, l.portfolio_value, l.performance, l.last_trade_time,
  l.ranked_at, duel.shard_name(l.shard) AS shard, l.seq
FROM final_standings l
JOIN portfolios p ON p.portfolio_no = l.portfolio_no
JOIN contests c ON c.contest_no = p.contest_no
JOIN participants i ON i.portfolio_no = l.portfolio_no
JOIN wallets w ON w.wallet_no = p.wallet_no;

CREATE OR REPLACE VIEW duel.leaderboard AS
SELECT c.contest_id, w.wallet_address, l.rank, i.username, l.portfolio_value, l.performance, l.last_trade_time,
  l.ranked_at, duel.shard_name(l.shard) AS shard, l.seq
FROM leaderboard l
JOIN portfolios p ON p.portfolio_no = l.portfolio_no
JOIN contests c ON c.contest_no = p.contest_no AND c.ended_at IS NULL
JOIN participants i ON i.portfolio_no = l.portfolio_no
JOIN wallets w ON w.wallet_no = p.wallet_no
UNION ALL
SELECT s.contest_id, s.wallet_address, s.rank, s.username, s.portfolio_value, s.performance, s.last_trade_time,
  s.ranked_at, s.shard, s.seq
FROM duel.final_standings s;

CREATE OR REPLACE VIEW duel.leaderboard_history AS
SELECT c.contest_id, h.minute, w.wallet_address, h.rank, h.portfolio_value, h.performance,
  duel.shard_name(h.shard) AS shard, h.seq
FROM leaderboard_history h
JOIN portfolios p ON p.portfolio_no = h.portfolio_no
JOIN contests c ON c.contest_no = p.contest_no
JOIN wallets w ON w.wallet_no = p.wallet_no;

CREATE OR REPLACE VIEW duel.equity_history AS
SELECT c.contest_id, w.wallet_address, h.minute, h.equity, h.put_in, duel.shard_name(h.shard) AS shard, h.seq
FROM equity_history h
JOIN portfolios p ON p.portfolio_no = h.portfolio_no
JOIN wallets w ON w.wallet_no = p.wallet_no
LEFT JOIN contests c ON c.contest_no = p.contest_no;
