// A schema of our own and the statements that fill it: arrays and unnest, one round trip a table.

import { text } from './exact.mjs';

export const SCHEMA = 'bench_node';

export const CREATE = `
drop schema if exists ${SCHEMA} cascade;
create schema ${SCHEMA};
set search_path = ${SCHEMA};
create table offsets (topic text, partition int, next bigint not null, primary key (topic, partition));
create table contests (contest_id text primary key, name text not null, status text not null) with (fillfactor = 80);
create table portfolios (contest_id text, wallet_address text, username text not null, cash numeric(38,18) not null,
  put_in numeric(38,18) not null, realized_pnl numeric(38,18) not null, fees numeric(38,18) not null,
  primary key (contest_id, wallet_address)) with (fillfactor = 80);
create table positions (contest_id text, wallet_address text, symbol text, quantity numeric(38,18) not null,
  cost numeric(38,18) not null, realized_pnl numeric(38,18) not null,
  primary key (contest_id, wallet_address, symbol)) with (fillfactor = 80);
create table trades (contest_id text, trade_id text, wallet_address text not null, symbol text not null, side text not null,
  amount numeric(38,18) not null, price numeric(38,18) not null, fee numeric(38,18) not null,
  realized_pnl numeric(38,18) not null, traded_at timestamptz not null, primary key (contest_id, trade_id));
create table leaderboard (contest_id text, wallet_address text, rank int not null, portfolio_value numeric(38,18) not null,
  performance numeric(38,18) not null, primary key (contest_id, wallet_address)) with (fillfactor = 80);
create table candles (symbol text, opened_at timestamptz, open numeric(38,18) not null, high numeric(38,18) not null,
  low numeric(38,18) not null, close numeric(38,18) not null, volume numeric(38,18) not null, trades_count bigint not null,
  primary key (symbol, opened_at)) with (fillfactor = 80);
`;

// What a batch has changed.
export const nothing = () => ({ contests: new Set(), portfolios: new Set(), positions: new Set(), trades: [], candles: new Set() });

async function insert(client, name, sql, columns) {
  if (columns[0].length > 0) await client.query({ name, text: sql, values: columns });
}

const column = (rows, value) => Array.from(rows, value);

export async function writeOffset(client, topic, partition, next) {
  await client.query({
    name: 'offset',
    text: 'insert into offsets values ($1, $2, $3) on conflict (topic, partition) do update set next = excluded.next',
    values: [topic, partition, next],
  });
}

export async function writeChanges(client, { contests, portfolios, positions, trades, candles }) {
  await insert(client, 'contests', `insert into contests select * from unnest($1::text[], $2::text[], $3::text[])
    on conflict (contest_id) do update set status = excluded.status`,
    [column(contests, (c) => c.id), column(contests, (c) => c.name), column(contests, (c) => c.status)]);
  await insert(client, 'portfolios', `insert into portfolios
    select * from unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[])
    on conflict (contest_id, wallet_address) do update
    set cash = excluded.cash, realized_pnl = excluded.realized_pnl, fees = excluded.fees`,
    [column(portfolios, (p) => p.contest.id), column(portfolios, (p) => p.wallet), column(portfolios, (p) => p.username),
      column(portfolios, (p) => text(p.cash)), column(portfolios, (p) => text(p.putIn)),
      column(portfolios, (p) => text(p.realized)), column(portfolios, (p) => text(p.fees))]);
  await insert(client, 'positions', `insert into positions
    select * from unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::numeric[], $6::numeric[])
    on conflict (contest_id, wallet_address, symbol) do update
    set quantity = excluded.quantity, cost = excluded.cost, realized_pnl = excluded.realized_pnl`,
    [column(positions, (p) => p.portfolio.contest.id), column(positions, (p) => p.portfolio.wallet),
      column(positions, (p) => p.symbol), column(positions, (p) => text(p.quantity)),
      column(positions, (p) => text(p.cost)), column(positions, (p) => text(p.realized))]);
  await insert(client, 'trades', `insert into trades
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::numeric[],
      $8::numeric[], $9::numeric[], $10::timestamptz[])`,
    [trades.map((t) => t.event.contest_id), trades.map((t) => t.event.trade_id), trades.map((t) => t.event.wallet_address),
      trades.map((t) => t.event.symbol), trades.map((t) => t.event.side), trades.map((t) => text(t.amount)),
      trades.map((t) => text(t.price)), trades.map((t) => text(t.fee)), trades.map((t) => text(t.realized)),
      trades.map((t) => t.event.timestamp)]);
  await insert(client, 'candles', `insert into candles
    select * from unnest($1::text[], $2::timestamptz[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[],
      $7::numeric[], $8::bigint[])
    on conflict (symbol, opened_at) do update set open = excluded.open, high = excluded.high, low = excluded.low,
      close = excluded.close, volume = excluded.volume, trades_count = excluded.trades_count`,
    [column(candles, (c) => c.symbol), column(candles, (c) => new Date(c.openedAt).toISOString()),
      column(candles, (c) => text(c.open)), column(candles, (c) => text(c.high)), column(candles, (c) => text(c.low)),
      column(candles, (c) => text(c.close)), column(candles, (c) => text(c.volume)), column(candles, (c) => c.count)]);
}

export async function writeRanking(client, contest, lines) {
  await insert(client, 'leaderboard', `insert into leaderboard
    select $5::text, * from unnest($1::text[], $2::int[], $3::numeric[], $4::numeric[])
    on conflict (contest_id, wallet_address) do update
    set rank = excluded.rank, portfolio_value = excluded.portfolio_value, performance = excluded.performance`,
    [lines.map((l) => l.portfolio.wallet), lines.map((l) => l.rank), lines.map((l) => text(l.equity)),
      lines.map((l) => text(l.performance)), contest.id]);
}

// Rows in which we and the projector disagree; they must have read the same trades.
export const DIFFERENCES = `
select (select count(*) from (
    (select contest_id, wallet_address, cash, fees, realized_pnl from ${SCHEMA}.portfolios
     except select contest_id, wallet_address, cash, fees, realized_pnl from duel.portfolios where contest_id is not null)
    union all
    (select contest_id, wallet_address, cash, fees, realized_pnl from duel.portfolios where contest_id is not null
     except select contest_id, wallet_address, cash, fees, realized_pnl from ${SCHEMA}.portfolios)) d)
  + (select count(*) from (
    (select contest_id, wallet_address, symbol, quantity, cost, realized_pnl from ${SCHEMA}.positions
     except select contest_id, wallet_address, symbol, quantity, cost, realized_pnl from duel.positions where contest_id is not null)
    union all
    (select contest_id, wallet_address, symbol, quantity, cost, realized_pnl from duel.positions where contest_id is not null
     except select contest_id, wallet_address, symbol, quantity, cost, realized_pnl from ${SCHEMA}.positions)) d)
  as differences,
  (select count(*) from ${SCHEMA}.trades) as trades, (select count(*) from ${SCHEMA}.portfolios) as portfolios`;
