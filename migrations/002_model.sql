-- The tables of one model: what the projector's shards write, and recover from.
--
-- Unqualified on purpose: run with the model's schema first on the search path, so that a rebuild makes
-- the next model from this same file. Analysts never see these tables but the views of schema duel.
--
-- Every row says which shard wrote it (contest/P = 2P, market/P = 2P + 1) and at which seq of that shard.
-- Keys are integers that the owning shard gives out in the order of its log: shard * 2^40 + n; the texts
-- stand once, in contests, wallets and symbols. Wide columns first, so that no row carries padding.

-- One row a shard: where it stands. Every transaction of an owner updates it and checks its fence.
create table shards (
    shard         smallint primary key,
    epoch         text not null,
    owner         text not null,
    offsets       jsonb not null,              -- {"trades/3": 17}: the next to apply
    seq           bigint not null,             -- records consumed
    fence         bigint not null,             -- raised by every taking
    published_seq bigint not null,             -- the feed is acknowledged up to here
    next_no       bigint not null,             -- the n of the next integer key
    lag_records   bigint not null,
    now           timestamptz,                 -- newest event time applied
    rank_point    timestamptz,                 -- log time from which a record makes a ranking due
    silent        boolean not null,            -- ranked in a silence before that point
    pace_ms       int not null,                -- between two rankings, in log time
    updated_at    timestamptz not null
) with (fillfactor = 50);

-- One row a stretch of pure order: merging its records by (log time, topic, partition, offset) gives the
-- order in which they were applied. The row grows with every commit; seq_to < seq_from while it is empty.
create table journal (
    shard         smallint not null,
    seq_from      bigint not null,             -- the first record of the stretch, counted from 1
    seq_to        bigint not null,
    start_offsets jsonb not null,
    end_offsets   jsonb not null,
    cause         text not null,               -- start, owner, late, silence (rank before it), pace; joined by +
    epoch         text not null,
    pace_ms       int not null,                -- of the rankings in this stretch
    primary key (shard, seq_from)
) with (fillfactor = 50);

-- In which partition a contest, a main portfolio or a priced symbol lives: settled by who comes first.
create table homes (
    topic         text not null,
    key           text not null,               -- contest:ID, wallet:W, symbol:S
    partition     int not null,
    shard         smallint not null,           -- who settled it
    seq           bigint not null,
    primary key (topic, key)
);

-- Contest shards ------------------------------------------------------------------------------------

create table contests (
    contest_no         bigint primary key,
    seq                bigint not null,
    last_event_seq     bigint not null,        -- newest activity: prev_seq of the next
    starts_at          timestamptz not null,
    ends_at            timestamptz not null,
    created_at         timestamptz not null,
    started_at         timestamptz,
    ended_at           timestamptz,
    rounds             int,
    current_round      int,
    total_participants int not null,           -- who is in now
    shard              smallint not null,
    status             text not null,          -- upcoming, active, completed, cancelled
    contest_id         text not null unique,
    name               text not null,
    starting_balance   numeric(38,18) not null,
    prize_pool         numeric(38,18) not null
) with (fillfactor = 80);

-- A wallet has a row in every shard that met it. Its last trade is in its portfolios.
create table wallets (
    wallet_no      bigint primary key,
    seq            bigint not null,
    first_seen_at  timestamptz not null,       -- the oldest event time
    username_at    timestamptz,                -- when the username was given
    shard          smallint not null,
    wallet_address text not null,
    username       text,                       -- null until it joins a contest
    unique (wallet_address, shard)
) with (fillfactor = 80);

-- The symbols that a shard has met; each shard has its own numbers.
create table symbols (
    symbol_no bigint primary key,
    seq       bigint not null,
    shard     smallint not null,
    symbol    text not null,
    unique (symbol, shard)
);

create table portfolios (
    portfolio_no   bigint primary key,
    contest_no     bigint,                     -- null: the wallet's main portfolio
    wallet_no      bigint not null,
    seq            bigint not null,
    last_event_seq bigint not null,            -- newest trade: prev_seq of the next
    last_trade_at  timestamptz,
    shard          smallint not null,
    cash           numeric(38,18) not null,
    put_in         numeric(38,18) not null,
    realized_pnl   numeric(38,18) not null,
    fees           numeric(38,18) not null,
    unique nulls not distinct (wallet_no, contest_no)
) with (fillfactor = 80);
create index portfolios_contest_no on portfolios (contest_no);

create table participants (
    portfolio_no bigint primary key,
    contest_no   bigint not null,
    seq          bigint not null,
    joined_at    timestamptz not null,         -- the latest joining
    left_at      timestamptz,                  -- null while in
    shard        smallint not null,
    username     text not null
) with (fillfactor = 80);

create table positions (
    portfolio_no bigint not null,
    symbol_no    bigint not null,
    seq          bigint not null,
    shard        smallint not null,
    quantity     numeric(38,18) not null,
    cost         numeric(38,18) not null,      -- same sign as quantity
    realized_pnl numeric(38,18) not null,
    primary key (portfolio_no, symbol_no)
) with (fillfactor = 80);

-- What a contest shard values positions at.
create table marks (
    symbol_no bigint primary key,
    seq       bigint not null,
    at        timestamptz not null,
    shard     smallint not null,
    from_tick boolean not null,                -- false: a trade's price, until the first tick
    price     numeric(38,18) not null
) with (fillfactor = 80);

-- The marks that the portfolios of an ended contest keep: of every symbol it has positions in.
create table final_marks (
    contest_no bigint not null,
    symbol_no  bigint not null,
    seq        bigint not null,
    at         timestamptz not null,
    shard      smallint not null,
    price      numeric(38,18) not null,
    primary key (contest_no, symbol_no)
);

create table trades (
    scope_no          bigint not null,         -- contest_no, or portfolio_no of a main portfolio
    portfolio_no      bigint not null,
    symbol_no         bigint not null,
    seq               bigint not null,
    prev_seq          bigint not null,         -- the trade before in this portfolio, 0 for the first
    activity_prev_seq bigint not null,         -- the activity before in this contest, 0 for the first
    "offset"          bigint not null,         -- in partition shard / 2 of trades
    traded_at         timestamptz not null,
    shard             smallint not null,
    side              smallint not null,       -- 1 buy, -1 sell
    trade_id          text not null,
    amount            numeric(38,18) not null,
    price             numeric(38,18) not null,
    fee               numeric(38,18) not null,
    realized_pnl      numeric(38,18) not null
);
create unique index trades_scope_no_trade_id on trades (scope_no, trade_id);
create index trades_seq on trades using brin (seq) with (pages_per_range = 16);

create table transfers (
    scope_no       bigint not null,
    portfolio_no   bigint not null,
    seq            bigint not null,
    "offset"       bigint not null,            -- in partition shard / 2 of trades
    transferred_at timestamptz not null,
    shard          smallint not null,
    kind           smallint not null,          -- 1 deposit, -1 withdrawal
    transfer_id    text,
    amount         numeric(38,18) not null,
    primary key (shard, "offset"),
    unique (scope_no, transfer_id)
);

-- Who joined and left, as it happened.
create table membership (
    contest_no   bigint not null,
    portfolio_no bigint not null,
    seq          bigint not null,
    prev_seq     bigint not null,              -- the activity before in this contest, 0 for the first
    at           timestamptz not null,
    shard        smallint not null,
    kind         smallint not null,            -- 1 join, -1 leave
    username     text not null,
    primary key (shard, seq)
);

create table leaderboard (
    portfolio_no    bigint primary key,
    contest_no      bigint not null,
    seq             bigint not null,
    last_trade_time timestamptz,
    ranked_at       timestamptz not null,      -- event time
    rank            int not null,
    shard           smallint not null,
    portfolio_value numeric(38,18),
    performance     numeric(38,18)
) with (fillfactor = 80);

create table final_standings (
    portfolio_no    bigint primary key,
    contest_no      bigint not null,
    seq             bigint not null,
    last_trade_time timestamptz,
    ranked_at       timestamptz not null,
    rank            int not null,
    shard           smallint not null,
    portfolio_value numeric(38,18),
    performance     numeric(38,18)
);

-- The state when "now" left a minute, where it differs from the row before.
create table equity_history (
    portfolio_no bigint not null,
    minute       timestamptz not null,
    seq          bigint not null,
    shard        smallint not null,
    equity       numeric(38,18),
    put_in       numeric(38,18) not null,
    primary key (portfolio_no, minute)
);

create table leaderboard_history (
    portfolio_no    bigint not null,
    minute          timestamptz not null,
    contest_no      bigint not null,
    seq             bigint not null,
    rank            int,                       -- null: no longer ranked
    shard           smallint not null,
    portfolio_value numeric(38,18),
    performance     numeric(38,18),
    primary key (portfolio_no, minute)
);

-- Market shards -------------------------------------------------------------------------------------

create table prices (
    symbol_no  bigint primary key,
    seq        bigint not null,
    updated_at timestamptz not null,
    shard      smallint not null,
    price      numeric(38,18) not null,
    change_24h numeric(38,18),                 -- percent
    volume_24h numeric(38,18),
    high_24h   numeric(38,18),
    low_24h    numeric(38,18)
) with (fillfactor = 80);

create table candles (
    symbol_no    bigint not null,
    opened_at    timestamptz not null,
    seq          bigint not null,
    first_at     timestamptz not null,         -- of the tick that opened it
    last_at      timestamptz not null,         -- of the tick that closes it
    trades_count bigint not null,
    revision     int not null,                 -- ticks that came after it had closed
    shard        smallint not null,
    interval     text not null,                -- 1m 5m 15m 1h 4h 1d
    open         numeric(38,18) not null,
    high         numeric(38,18) not null,
    low          numeric(38,18) not null,
    close        numeric(38,18) not null,
    volume       numeric(38,18) not null,
    buy_volume   numeric(38,18) not null,
    sell_volume  numeric(38,18) not null,
    primary key (symbol_no, interval, opened_at)
) with (fillfactor = 80);

create table market_sentiment (
    symbol_no       bigint primary key,
    seq             bigint not null,
    updated_at      timestamptz not null,
    shard           smallint not null,
    volume_trend    text not null,             -- increasing, decreasing, stable
    sentiment_score numeric(38,18) not null,
    buy_pressure    numeric(38,18) not null,
    sell_pressure   numeric(38,18) not null
) with (fillfactor = 80);

create table tokens (
    symbol_no bigint primary key,
    seq       bigint not null,
    decimals  int,
    shard     smallint not null,
    name      text not null,
    image_url text,
    supply    numeric(38,18)
);

-- Records that could not be applied. Those of trades come from contest shards, of prices from market shards.
create table dead_letters (
    topic     text not null,
    partition int not null,
    "offset"  bigint not null,
    seq       bigint not null,
    logged_at timestamptz not null,            -- the broker's time
    shard     smallint not null,
    code      text not null,
    reason    text not null,
    field     text,
    key       text,
    value     bytea not null,
    primary key (topic, partition, "offset")
);
