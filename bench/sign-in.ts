/**
 * `npm run bench:sign-in [-- --rounds 200]`: how long a person's sign-in takes, and a call of the interface with HTTP
 * Basic beside the way of before, in one run; see bench/README.md. The way of before is rebuilt here: the engine judges
 * the password, the outcome counts for 30 seconds, the person for ten.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import express, { type Request } from 'express';
import { pino } from 'pino';
import { holderRoutes } from '../src/directory/holders/holder-routes.js';
import { KeyRing } from '../src/kernel/key-ring.js';
import { SecurityEvents } from '../src/kernel/security-events.js';
import { mountRoutes } from '../src/web/mount-routes.js';
import { requestId } from '../src/web/request-id.js';
import { securityHeaders } from '../src/web/security-headers.js';
import { AccountChanges } from '../src/web/sign-in/account-changes.js';
import { CliSignatures } from '../src/web/sign-in/cli-signature.js';
import { SessionCookie } from '../src/web/sign-in/cookies.js';
import { Directory } from '../src/web/sign-in/directory.js';
import { openIdentity } from '../src/web/sign-in/identity.js';
import { SignIn } from '../src/web/sign-in/sign-in.js';
import type { SignedInUser } from '../src/web/signed-in-user.js';
import { TtlCache } from '../src/web/ttl-cache.js';
import { listen, type Listening } from '../test/support/listen.js';
import { password, secretsKeys, startProduct } from '../test/support/product.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' } } });
const rounds = Number(values.rounds);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const basic = `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`;

const product = await startProduct();

/** The interface with nothing but a way to sign in before it, so that only this way is compared. */
function serve(authenticate: (request: Request) => Promise<SignedInUser>): Promise<Listening> {
  const app = express();
  app.use(requestId, securityHeaders(false));
  app.use('/api/v1', mountRoutes(holderRoutes(product.db, { known: async () => new Set() }), authenticate));
  return listen(app);
}

const security = new SecurityEvents({ log: pino({ level: 'silent' }) });
const keyRing = new KeyRing(secretsKeys);
const identity = openIdentity({ db: product.db, engine: product.engine, security, keyRing });
const signIn = new SignIn(identity, new SessionCookie(false), product.url, new CliSignatures(null));
const ours = await serve((request) => signIn.authenticate(request));

const directory = new Directory(product.engine, new AccountChanges(product.db));
const verified = new TtlCache<void>(30_000, 10_000);
const key = randomBytes(32);
const former = await serve(async ({ headers: { authorization = '' } }) => {
  const [account = '', given = ''] = Buffer.from(authorization.slice(6), 'base64').toString('utf8').split(':');
  const mac = createHmac('sha256', key)
    .update(JSON.stringify([account, given]))
    .digest('base64');
  await verified.get(mac, async () => {
    if (!(await directory.verify(account, given))) throw new Error('The engine does not take the password.');
  });
  const user = await directory.person(account);
  if (user === null) throw new Error(`There is no ${account}.`);
  return user;
});

async function timed(work: () => Promise<Response>, status: number): Promise<number> {
  const begun = performance.now();
  const response = await work();
  await response.arrayBuffer();
  if (response.status !== status) throw new Error(`${response.status} instead of ${status}`);
  return performance.now() - begun;
}
const call = (url: string) =>
  timed(() => fetch(`${url}/api/v1/holders?limit=1`, { headers: { authorization: basic } }), 200);
const person = () =>
  timed(
    () =>
      fetch(`${product.url}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ account: 'operator', password, next: '/' }),
      }),
    303,
  );
const at = (times: readonly number[], share: number): number =>
  [...times].sort((one, other) => one - other)[Math.floor((times.length - 1) * share)] ?? NaN;
const spreadText = (times: readonly number[]): string =>
  `p50 ${at(times, 0.5).toFixed(1)} ms, p95 ${at(times, 0.95).toFixed(1)} ms`;

const calls: Record<'ours' | 'former', number[]> = { ours: [], former: [] };
try {
  // The former way is for passwords that the engine still holds; its outcome counts for 30 seconds from here on.
  await call(former.url);
  for (let round = 0; round < rounds; round += 1) {
    const turns = round % 2 === 0 ? (['ours', 'former'] as const) : (['former', 'ours'] as const);
    for (const turn of turns) calls[turn].push(await call(turn === 'ours' ? ours.url : former.url));
  }
  const signIns: number[] = [];
  for (let round = 0; round < Math.min(rounds, 100); round += 1) signIns.push(await person());
  const ratio = at(calls.ours, 0.5) / at(calls.former, 0.5);
  say(`a person's sign-in: ${spreadText(signIns)}; target 300 ms`);
  say(
    `a call with HTTP Basic: ${spreadText(calls.ours)}; the way of before: ${spreadText(calls.former)}; ratio of p50 ${ratio.toFixed(2)}`,
  );
  process.exitCode = at(signIns, 0.95) <= 300 ? 0 : 1;
} finally {
  await Promise.all([ours.close(), former.close()]);
  await product.stop();
}
