// The peer of duel-projector: what a team that knows Node writes in a week, measured on the same topics.
//
// Reads `trades`, then `prices`, from their beginning to where they end now. One transaction a fetched batch,
// with its offset in it, so that every record counts exactly once; rankings twice a second. It makes no feed,
// no history and no journal. At the end its cash and positions must be those of the projector, or there is no report.

import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Book } from './book.mjs';
import { Candles } from './candles.mjs';
import { CREATE, DIFFERENCES, SCHEMA, nothing, writeChanges, writeOffset, writeRanking } from './tables.mjs';

// What npm installed lies under var/, not beside this file.
const require = createRequire(`${process.env.DUEL_PEER_MODULES}/`);
const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = require('kafkajs');
const LZ4Codec = require('@2l/kafkajs-lz4');
const pg = require('pg');
CompressionCodecs[CompressionTypes.LZ4] = new LZ4Codec().codec;

const RANK_EVERY_MS = 500;
const book = new Book();
const candles = new Candles();
const pool = new pg.Pool({
  connectionString: process.env.DUEL_POSTGRES_ADMIN, max: 5,
  options: `-c search_path=${SCHEMA} -c client_min_messages=warning`,
});
const kafka = new Kafka({ clientId: 'bench-peer', brokers: process.env.DUEL_KAFKA.split(','), logLevel: logLevel.NOTHING });

async function inTransaction(work) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } finally {
    client.release();
  }
}

async function take(topic, partition, messages) {
  const changed = nothing();
  let taken = 0;
  for (const { value } of messages) {
    const event = JSON.parse(value);
    const applied = topic === 'trades' ? book.apply(event, changed) : candles.apply(event, book.marks, changed);
    if (applied && (event.type === 'trade' || event.type === 'price')) ++taken;
  }
  await inTransaction(async (client) => {
    await writeChanges(client, changed);
    await writeOffset(client, topic, partition, (BigInt(messages.at(-1).offset) + 1n).toString());
  });
  return taken;
}

// The last ranking of each contest, until it is stopped.
function rankNowAndThen() {
  let running = Promise.resolve();
  const rank = () => {
    running = running.then(() => inTransaction(async (client) => {
      for (const contest of book.contests.values())
        if (contest.moved) await writeRanking(client, contest, book.rank(contest));
    }));
  };
  const timer = setInterval(rank, RANK_EVERY_MS);
  return async () => {
    clearInterval(timer);
    rank();
    await running;
  };
}

// Reads a topic up to where it ends now; how many records counted. `begin` is called when the first are here:
// how long Kafka takes to form a group is not what is measured.
async function read(topic, begin) {
  const admin = kafka.admin();
  await admin.connect();
  const left = new Map();
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
    if (BigInt(high) > BigInt(low)) left.set(partition, BigInt(high));
  await admin.disconnect();

  const consumer = kafka.consumer({
    groupId: `bench-peer-${topic}-${Date.now()}`,
    maxBytesPerPartition: 2 ** 20, maxBytes: 2 ** 22, maxWaitTimeInMs: 100, sessionTimeout: 60_000,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let taken = 0;
  try {
    await new Promise((resolve, reject) => {
      if (left.size === 0) return resolve();
      consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
      consumer.run({
        autoCommit: false,
        partitionsConsumedConcurrently: 4,
        eachBatch: async ({ batch }) => {
          if (!left.has(batch.partition) || batch.messages.length === 0) return;
          begin();
          const count = await take(topic, batch.partition, batch.messages);
          taken += count;
          if (BigInt(batch.lastOffset()) + 1n >= left.get(batch.partition)) left.delete(batch.partition);
          if (left.size === 0) resolve();
        },
      }).catch(() => {});
    });
  } finally {
    await consumer.disconnect();
  }
  return taken;
}

// CPU seconds of a process and all below it, those that ended included.
function cpuSeconds(root) {
  const processes = execFileSync('sh', ['-c', 'cat /proc/[0-9]*/stat 2>/dev/null || true'], { encoding: 'utf8' })
    .trim().split('\n').map((line) => {
      const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
      const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
      return { id: Number(line.split(' ', 1)[0]), parent: Number(fields[1]), ticks: user + system + endedUser + endedSystem };
    });
  const below = (id) => processes.filter((one) => one.parent === id).reduce((sum, one) => sum + below(one.id),
    processes.find((one) => one.id === id)?.ticks ?? 0);
  return below(Number(root)) / 100;
}

const METERS = { postgres: process.env.DUEL_POSTGRES_PID, kafka: process.env.DUEL_KAFKA_PID };

async function measure(noun, work) {
  let began;
  const begin = () => {
    began ??= {
      at: process.hrtime.bigint(), own: process.cpuUsage(),
      others: Object.fromEntries(Object.entries(METERS).map(([name, pid]) => [name, cpuSeconds(pid)])),
    };
  };
  const count = await work(begin);
  if (began === undefined) throw new Error(`there are no ${noun}`);
  const seconds = Number(process.hrtime.bigint() - began.at) / 1e9;
  const { user, system } = process.cpuUsage(began.own);
  const used = { 'the peer': (user + system) / 1e6 };
  for (const [name, pid] of Object.entries(METERS)) used[name] = cpuSeconds(pid) - began.others[name];
  const figures = [{ name: noun, value: count, unit: '' }, { name: `${noun}/s`, value: count / seconds, unit: '' },
    { name: 'seconds', value: seconds, unit: 's' }];
  for (const [name, value] of Object.entries(used))
    figures.push({ name: `CPU of ${name}`, value, unit: 's' }, { name: `CPU of ${name} each`, value: (value / count) * 1e6, unit: 'µs' });
  return { title: `peer in Node: ${noun}`, settings: {}, figures };
}

function print({ title, figures }) {
  console.log(title);
  for (const { name, value, unit } of figures) {
    const shown = Math.abs(value) < 100 ? Number(value.toPrecision(3)).toString() : Math.round(value).toLocaleString('en');
    console.log(`  ${name.padEnd(26)} ${shown.padStart(11)} ${unit}`);
  }
  console.log();
}

try {
  await pool.query(CREATE);
  const reports = [
    await measure('trades', async (begin) => {
      const stop = rankNowAndThen();
      const count = await read('trades', begin);
      await stop();
      return count;
    }),
    await measure('ticks', (begin) => read('prices', begin)),
  ];
  const { differences, trades, portfolios } = (await pool.query(DIFFERENCES)).rows[0];
  if (Number(differences) > 0 || Number(portfolios) === 0 || Number(trades) !== reports[0].figures[0].value)
    throw new Error(`the numbers are wrong: ${differences} rows differ from the projector's, ${trades} trades are written`);
  const file = process.argv[process.argv.indexOf('--json') + 1];
  for (const report of reports) {
    print(report);
    if (process.argv.includes('--json')) appendFileSync(file, `${JSON.stringify(report)}\n`);
  }
} finally {
  await pool.query(`drop schema if exists ${SCHEMA} cascade`);
  await pool.end();
}
