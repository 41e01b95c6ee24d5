-- What every relation and column of schema duel means. `\d+ duel.trades` in psql shows them.
--
-- Every projected row carries where it comes from (shard, seq); those and the natural keys mean the same
-- everywhere and are commented once, at the end.

COMMENT ON VIEW duel.tokens IS
  'What is known of each traded symbol, from the newest token event. One row a symbol that was described.';
COMMENT ON COLUMN duel.tokens.name IS 'Display name.';
COMMENT ON COLUMN duel.tokens.decimals IS 'Places that the token has on its chain; null when not told.';
COMMENT ON COLUMN duel.tokens.image_url IS 'Address of its picture; null when not told.';
COMMENT ON COLUMN duel.tokens.supply IS 'Units in existence; null when not told.';

COMMENT ON VIEW duel.wallets IS
  'Everybody who ever joined, traded or moved money. One row a wallet, over all contests.';
COMMENT ON COLUMN duel.wallets.username IS
  'Name given at the newest joining; null for a wallet that never joined a contest.';
COMMENT ON COLUMN duel.wallets.first_seen_at IS 'Time of its first event.';
COMMENT ON COLUMN duel.wallets.last_trade_at IS 'Time of its newest trade in any portfolio; null before the first.';

COMMENT ON VIEW duel.contests IS
  'Every contest that was created, with where it stands. One row a contest.';
COMMENT ON COLUMN duel.contests.name IS 'Display name.';
COMMENT ON COLUMN duel.contests.status IS 'upcoming (created), active (started: takes trades), completed or cancelled.';
COMMENT ON COLUMN duel.contests.starting_balance IS 'Cash that every participant starts with.';
COMMENT ON COLUMN duel.contests.prize_pool IS 'What is to be won.';
COMMENT ON COLUMN duel.contests.starts_at IS 'Planned start, as announced. What counts is started_at.';
COMMENT ON COLUMN duel.contests.ends_at IS 'Planned end, as announced. What counts is ended_at.';
COMMENT ON COLUMN duel.contests.rounds IS 'Planned number of rounds; null when it has none.';
COMMENT ON COLUMN duel.contests.current_round IS 'Newest round started; null before the first.';
COMMENT ON COLUMN duel.contests.total_participants IS 'How many are in now: joined and not left.';
COMMENT ON COLUMN duel.contests.created_at IS 'Time of its contest_created event.';
COMMENT ON COLUMN duel.contests.started_at IS 'Time of its contest_started event; null before.';
COMMENT ON COLUMN duel.contests.ended_at IS 'Time of its completion or cancellation; null before.';

COMMENT ON VIEW duel.participants IS
  'Who takes part in a contest. One row a wallet that ever joined it.';
COMMENT ON COLUMN duel.participants.username IS 'Name given at the newest joining.';
COMMENT ON COLUMN duel.participants.joined_at IS 'Time of the newest joining.';
COMMENT ON COLUMN duel.participants.left_at IS
  'Time of leaving; null while in. Who left keeps the portfolio and is not ranked.';

COMMENT ON VIEW duel.portfolios IS
  'Cash and value of a wallet in a contest, or outside any (contest_id null: its main portfolio). One row each. Value is worked out at the marks of this very moment, or of the contest''s end.';
COMMENT ON COLUMN duel.portfolios.contest_id IS 'Contest; null for the main portfolio.';
COMMENT ON COLUMN duel.portfolios.cash IS
  'Put in, less what was paid, plus what was received, less fees. May be negative.';
COMMENT ON COLUMN duel.portfolios.equity IS
  'cash + sum of quantity × mark price, every product rounded to 18 places. Null beyond numeric(38,18).';
COMMENT ON COLUMN duel.portfolios.realized_pnl IS 'Sum of what its trades realized, before fees.';
COMMENT ON COLUMN duel.portfolios.unrealized_pnl IS 'Sum over open positions of quantity × mark price − cost.';
COMMENT ON COLUMN duel.portfolios.fees IS 'Sum of the fees of its trades.';
COMMENT ON COLUMN duel.portfolios.put_in IS 'Starting balance + deposits − withdrawals.';
COMMENT ON COLUMN duel.portfolios.performance IS
  '(equity − put_in) × 100 / put_in: percent, rounded once to 18 places. Null where put_in is not positive.';
COMMENT ON COLUMN duel.portfolios.performance_24h IS
  'The same since the newest equity before the last 24 hours of event time, or the first known; what was put in since then counts as put in.';
COMMENT ON COLUMN duel.portfolios.last_trade_at IS 'Time of its newest trade; null before the first.';

COMMENT ON VIEW duel.positions IS
  'What a portfolio holds of a symbol. One row a symbol that it ever traded; quantity 0 is flat.';
COMMENT ON COLUMN duel.positions.contest_id IS 'Contest; null for the main portfolio.';
COMMENT ON COLUMN duel.positions.quantity IS 'Units held; negative when short.';
COMMENT ON COLUMN duel.positions.cost IS
  'What the open quantity was bought (or sold short) for, before fees; same sign as quantity.';
COMMENT ON COLUMN duel.positions.average_price IS 'cost / quantity, rounded once to 18 places; null when flat.';
COMMENT ON COLUMN duel.positions.mark_price IS
  'Newest price known to the shard: the latest tick, before any the latest trade; of an ended contest, the price at its end.';
COMMENT ON COLUMN duel.positions.realized_pnl IS 'Sum of what trades in this symbol realized, before fees.';
COMMENT ON COLUMN duel.positions.unrealized_pnl IS 'quantity × mark price − cost.';

COMMENT ON VIEW duel.trades IS
  'Every executed trade, exactly as the log has it. One row a trade.';
COMMENT ON COLUMN duel.trades.contest_id IS 'Contest; null for a trade in the main portfolio.';
COMMENT ON COLUMN duel.trades.trade_id IS
  'Id given by the trading service: unique in its contest, or in its wallet outside contests.';
COMMENT ON COLUMN duel.trades.side IS 'buy or sell.';
COMMENT ON COLUMN duel.trades.amount IS 'Units traded, always positive.';
COMMENT ON COLUMN duel.trades.price IS 'Quote currency for a unit.';
COMMENT ON COLUMN duel.trades.fee IS 'Fee in the quote currency; 0 when none was told.';
COMMENT ON COLUMN duel.trades.realized_pnl IS 'What this trade realized, before its fee; 0 where it only opened.';
COMMENT ON COLUMN duel.trades.traded_at IS 'When it was executed, as its producer says.';
COMMENT ON COLUMN duel.trades.partition IS 'Partition of the topic trades that holds its record.';
COMMENT ON COLUMN duel.trades."offset" IS 'Offset of that record.';

COMMENT ON VIEW duel.transfers IS
  'Every deposit and withdrawal. One row a transfer.';
COMMENT ON COLUMN duel.transfers.contest_id IS 'Contest; null for the main portfolio.';
COMMENT ON COLUMN duel.transfers.partition IS 'Partition of the topic trades that holds its record.';
COMMENT ON COLUMN duel.transfers."offset" IS 'Offset of that record.';
COMMENT ON COLUMN duel.transfers.transfer_id IS 'Id given by the producer; null when it gave none.';
COMMENT ON COLUMN duel.transfers.kind IS 'deposit or withdrawal.';
COMMENT ON COLUMN duel.transfers.amount IS 'Quote currency moved, always positive.';
COMMENT ON COLUMN duel.transfers.transferred_at IS 'When it happened, as its producer says.';

COMMENT ON VIEW duel.activity IS
  'What happened in contests: joining, leaving, trading. One row an event.';
COMMENT ON COLUMN duel.activity.username IS 'Name given at the joining; for trades, at the newest one.';
COMMENT ON COLUMN duel.activity.activity_type IS 'join, leave or trade.';
COMMENT ON COLUMN duel.activity.symbol IS 'Symbol traded; null unless activity_type is trade.';
COMMENT ON COLUMN duel.activity.amount IS 'Units traded; null unless activity_type is trade.';
COMMENT ON COLUMN duel.activity.price IS 'Quote currency for a unit; null unless activity_type is trade.';
COMMENT ON COLUMN duel.activity.at IS 'When it happened, as its producer says.';

COMMENT ON VIEW duel.prices IS
  'The newest price of each symbol with its last 24 hours of event time. One row a symbol that ticked.';
COMMENT ON COLUMN duel.prices.price IS
  'Price of the tick with the newest timestamp, among equals the later in the log.';
COMMENT ON COLUMN duel.prices.change_24h IS
  'Percent since the newest price before the last 24 hours, or the first known; null while that is missing.';
COMMENT ON COLUMN duel.prices.volume_24h IS
  'Units in sized ticks of the last 24 hours. Contest trades are not counted.';
COMMENT ON COLUMN duel.prices.high_24h IS 'Highest price of the last 24 hours.';
COMMENT ON COLUMN duel.prices.low_24h IS 'Lowest price of the last 24 hours.';
COMMENT ON COLUMN duel.prices.updated_at IS 'Time of the newest tick.';

COMMENT ON VIEW duel.candles IS
  'Prices and volumes by interval. One row a symbol, interval and opening; intervals without a tick have none.';
COMMENT ON COLUMN duel.candles."interval" IS '1m, 5m, 15m, 1h, 4h or 1d.';
COMMENT ON COLUMN duel.candles.opened_at IS 'Start of the interval, UTC.';
COMMENT ON COLUMN duel.candles.open IS 'Price of the first tick by time.';
COMMENT ON COLUMN duel.candles.high IS 'Highest price.';
COMMENT ON COLUMN duel.candles.low IS 'Lowest price.';
COMMENT ON COLUMN duel.candles.close IS 'Price of the last tick by time.';
COMMENT ON COLUMN duel.candles.volume IS 'Units in sized ticks, whatever their side.';
COMMENT ON COLUMN duel.candles.buy_volume IS 'Units in ticks of side buy.';
COMMENT ON COLUMN duel.candles.sell_volume IS 'Units in ticks of side sell.';
COMMENT ON COLUMN duel.candles.trades_count IS 'How many ticks had a size.';
COMMENT ON COLUMN duel.candles.revision IS
  'How many ticks came after it had closed: a late tick counts where it belongs.';

COMMENT ON VIEW duel.market_sentiment IS
  'Which side presses on a symbol, by whole minutes of event time. One row a symbol.';
COMMENT ON COLUMN duel.market_sentiment.sentiment_score IS 'buy_pressure − sell_pressure, from -1 to 1.';
COMMENT ON COLUMN duel.market_sentiment.buy_pressure IS
  'Share of buying in the sided volume of the last 60 minutes; 0 where there was none.';
COMMENT ON COLUMN duel.market_sentiment.sell_pressure IS
  'Share of selling in the sided volume of the last 60 minutes; 0 where there was none.';
COMMENT ON COLUMN duel.market_sentiment.volume_trend IS
  'Volume of the last 15 minutes against a quarter of the 60 before: increasing, decreasing (beyond 10 %) or stable.';
COMMENT ON COLUMN duel.market_sentiment.updated_at IS 'Time of the newest tick that it counts.';

COMMENT ON VIEW duel.leaderboard IS
  'How a contest stands by its newest ranking: the live one, the final one of a completed contest, none of a cancelled one. One row a ranked participant.';
COMMENT ON VIEW duel.final_standings IS
  'How completed contests ended, frozen. One row a participant who was in at the end.';
COMMENT ON COLUMN duel.leaderboard.rank IS '1 is best; equal performance shares a rank (1, 2, 2, 4).';
COMMENT ON COLUMN duel.final_standings.rank IS '1 is best; equal performance shares a rank (1, 2, 2, 4).';
COMMENT ON COLUMN duel.leaderboard.username IS 'Name given at the newest joining.';
COMMENT ON COLUMN duel.final_standings.username IS 'Name given at the newest joining.';
COMMENT ON COLUMN duel.leaderboard.portfolio_value IS 'Equity when ranked.';
COMMENT ON COLUMN duel.final_standings.portfolio_value IS 'Equity when ranked.';
COMMENT ON COLUMN duel.leaderboard.performance IS
  'Percent of what was put in, when ranked; null where nothing was put in.';
COMMENT ON COLUMN duel.final_standings.performance IS
  'Percent of what was put in, when ranked; null where nothing was put in.';
COMMENT ON COLUMN duel.leaderboard.last_trade_time IS 'Time of the newest trade when ranked; null before the first.';
COMMENT ON COLUMN duel.final_standings.last_trade_time IS
  'Time of the newest trade when ranked; null before the first.';
COMMENT ON COLUMN duel.leaderboard.ranked_at IS 'Event time of the ranking that gave this row its values.';
COMMENT ON COLUMN duel.final_standings.ranked_at IS 'Event time of the ranking that gave this row its values.';

COMMENT ON VIEW duel.leaderboard_history IS
  'Rankings minute by minute of event time. A row only where it differs from the one before: the newest at or before a time is what held then.';
COMMENT ON COLUMN duel.leaderboard_history.minute IS 'The minute of which this was the state when event time left it.';
COMMENT ON COLUMN duel.leaderboard_history.rank IS
  'Rank then; null from the minute in which the wallet left the ranking.';
COMMENT ON COLUMN duel.leaderboard_history.portfolio_value IS 'Equity then.';
COMMENT ON COLUMN duel.leaderboard_history.performance IS 'Percent of what was put in, then.';

COMMENT ON VIEW duel.equity_history IS
  'Equity minute by minute of event time. A row only where it differs from the one before: the newest at or before a time is what held then.';
COMMENT ON COLUMN duel.equity_history.contest_id IS 'Contest; null for the main portfolio.';
COMMENT ON COLUMN duel.equity_history.minute IS 'The minute of which this was the state when event time left it.';
COMMENT ON COLUMN duel.equity_history.equity IS 'Equity then; null beyond numeric(38,18).';
COMMENT ON COLUMN duel.equity_history.put_in IS 'Put in by then.';

COMMENT ON VIEW duel.dead_letters IS
  'Records of the log that could not be applied, and why. One row a record; the same is in the topic dead-letters.';
COMMENT ON COLUMN duel.dead_letters.topic IS 'Topic that holds the record.';
COMMENT ON COLUMN duel.dead_letters.partition IS 'Its partition.';
COMMENT ON COLUMN duel.dead_letters."offset" IS 'Its offset there.';
COMMENT ON COLUMN duel.dead_letters.code IS 'What is wrong, from the one list of codes.';
COMMENT ON COLUMN duel.dead_letters.reason IS 'The same in a sentence, with the value found and what was wanted.';
COMMENT ON COLUMN duel.dead_letters.field IS 'Field that is wrong; null when it is not about one.';
COMMENT ON COLUMN duel.dead_letters.key IS 'Key of the record, as far as it is text; null when it had none.';
COMMENT ON COLUMN duel.dead_letters.value IS 'The record, byte for byte.';
COMMENT ON COLUMN duel.dead_letters.logged_at IS 'Log time of the record.';

COMMENT ON VIEW duel.journal IS
  'In which order each shard met its records. One row a stretch of pure order; following it repeats every row of the model.';
COMMENT ON COLUMN duel.journal.seq_from IS 'First seq of the stretch.';
COMMENT ON COLUMN duel.journal.seq_to IS 'Last seq of the stretch so far.';
COMMENT ON COLUMN duel.journal.start_offsets IS 'Offset of every partition before it, as {"trades/3": 17}.';
COMMENT ON COLUMN duel.journal.end_offsets IS 'Offset of every partition after it: the next to apply.';
COMMENT ON COLUMN duel.journal.cause IS 'Why a new stretch began.';
COMMENT ON COLUMN duel.journal.epoch IS 'Numbering that the stretch belongs to.';

COMMENT ON VIEW duel.shards IS
  'Where each shard of the projector stands. One row a shard.';
COMMENT ON COLUMN duel.shards.epoch IS 'Numbering of its seq; a rebuilt model has a new one.';
COMMENT ON COLUMN duel.shards.seq IS 'How many records of the log it has applied.';
COMMENT ON COLUMN duel.shards.offsets IS
  'Offset of every partition that it reads, as {"trades/3": 17}: the next to apply.';
COMMENT ON COLUMN duel.shards.lag_records IS 'Records known to wait at the newest commit.';
COMMENT ON COLUMN duel.shards.owner IS 'Process that projects it.';
COMMENT ON COLUMN duel.shards.fence IS 'Raised by every taking; a commit of an older owner is refused.';
COMMENT ON COLUMN duel.shards.now IS 'Newest event time that it has seen.';
COMMENT ON COLUMN duel.shards.published_seq IS 'Seq up to which the topic feed has acknowledged its records.';
COMMENT ON COLUMN duel.shards.updated_at IS 'Wall clock of its newest commit.';

DO $$
DECLARE
  bare record;
BEGIN
  FOR bare IN
    SELECT a.attrelid::regclass AS relation, a.attname AS name, meaning.text
    FROM pg_attribute a
    JOIN pg_class r ON r.oid = a.attrelid AND r.relnamespace = 'duel'::regnamespace AND r.relkind = 'v'
    JOIN (VALUES
      ('contest_id', 'Contest.'),
      ('wallet_address', 'Wallet.'),
      ('symbol', 'Symbol of the traded token; case matters.'),
      ('shard', 'Unit of projection that wrote the row: contest/P or market/P.'),
      ('seq', 'How many records of the log that shard had applied when it last wrote the row.')
    ) AS meaning (name, text) ON meaning.name = a.attname
    WHERE col_description(a.attrelid, a.attnum) IS NULL
  LOOP
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', bare.relation, bare.name, bare.text);
  END LOOP;
END
$$;
