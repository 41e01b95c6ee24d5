// What a team that knows Node would serve clients with: the `ws` library as the publishing function of the older
// document has it, which encodes each message for each client. After everybody has come it publishes BURST messages
// a tick, for as long as asked, and prints the CPU of each message sent, in microseconds.

import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';

const { WebSocketServer } = createRequire(`${process.env.DUEL_PEER_MODULES}/`)('ws');

const [clients, burst, tickMs, seconds, port] = process.argv.slice(2).map(Number);
const server = https.createServer({ cert: readFileSync(process.env.DUEL_TLS_CERT), key: readFileSync(process.env.DUEL_TLS_KEY) });
// Subprotocols are answered with the first, as the document has it.
const sockets = new WebSocketServer({ server, handleProtocols: (protocols) => protocols.values().next().value ?? false });
const subscribed = [];

sockets.on('connection', (socket) => {
  socket.send(JSON.stringify({ type: 'SUBSCRIBED', timestamp: new Date().toISOString() }));
  subscribed.push(socket);
  if (subscribed.length === clients) publish();
});

function message(number) {
  return {
    type: 'PARTICIPANT_ACTIVITY',
    channel: 'contest:c1',
    seq: number,
    cursor: 'x'.repeat(60),
    prev_seq: number - 1,
    data: {
      contest_id: 'c1',
      wallet_address: 'wallet-of-some-length-' + number,
      username: 'user-' + number,
      activity_type: 'trade',
      details: { symbol: 'SOL', side: 'buy', amount: 1.25, price: 100 + number / 1e6 },
      timestamp: new Date().toISOString(),
    },
  };
}

function publish() {
  const before = process.cpuUsage();
  const end = Date.now() + seconds * 1000;
  let number = 0;
  const timer = setInterval(() => {
    if (Date.now() >= end) {
      clearInterval(timer);
      const used = process.cpuUsage(before);
      console.log(((used.user + used.system) / (number * clients)).toFixed(3));
      process.exit(0);
    }
    for (let i = 0; i < burst; ++i) {
      const one = message(number++);
      for (const client of subscribed)
        if (client.readyState === client.OPEN) client.send(JSON.stringify(one));
    }
  }, tickMs);
}

server.listen(port, '127.0.0.1', () => console.log('listening'));
