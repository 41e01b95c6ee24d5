// Says of every token on standard input whether the library `jose` takes it, as verify-tokens does.
//
//     node verify.mjs NOW SECRET ISSUER AUDIENCE KID=ALG=FILE…
//
// The key is chosen by `kid`, and pins the algorithm, as a careful user of the library would do.

import { createPublicKey, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

// What npm installed lies under var/, not beside this file.
const require = createRequire(`${process.env.DUEL_PEER_MODULES}/`);
const { decodeProtectedHeader, jwtVerify } = require('jose');

const LEEWAY = 30;   // of nbf and iat; exp has none
const [now, secret, issuer, audience, ...files] = process.argv.slice(2);
const byKid = new Map([[undefined, { algorithm: 'HS256', key: createSecretKey(Buffer.from(secret)) }]]);
for (const file of files) {
  const [kid, algorithm, path] = file.split('=');
  const content = readFileSync(path);
  byKid.set(kid, { algorithm, key: algorithm === 'HS256' ? createSecretKey(content) : createPublicKey(content) });
}

async function answer(token) {
  const { kid } = decodeProtectedHeader(token);
  const found = byKid.get(kid);
  if (!found) return 'refuse unknown kid';
  const options = {
    algorithms: [found.algorithm], issuer, audience, requiredClaims: ['exp', 'sub'], clockTolerance: LEEWAY,
  };
  // The library has one leeway for all times: once for nbf, and once that is exact for exp.
  await jwtVerify(token, found.key, { ...options, currentDate: new Date(now * 1000) });
  const { payload } = await jwtVerify(token, found.key, { ...options, currentDate: new Date((+now + LEEWAY) * 1000) });
  return `accept ${Buffer.from(String(payload.sub)).toString('base64url')}`;
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = await answer(Buffer.from(line, 'base64url').toString('utf8'))
    .catch((error) => `refuse ${error.code ?? error.name}`);
  process.stdout.write(`${said.replaceAll('\n', ' ')}\n`);
}
