import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Knex } from '../../src/kernel/db/database.js';
import { MailSender } from '../../src/records/mail/mail-sender.js';
import { claimMails } from '../../src/records/mail/mail-queue.js';
import { setOption } from '../../src/directory/options/options.js';
import { AnswerLost, BackendBusy, BackendDown, type ProductionBackend } from '../../src/production/backends/backend.js';
import { CardSecrets } from '../../src/production/secrets/card-secrets.js';
import { KeyRing } from '../../src/kernel/key-ring.js';
import { claimLetters } from '../../src/production/secrets/letter-queue.js';
import { LetterSender, type LetterTimes } from '../../src/production/secrets/letter-sender.js';
import { eraseSecrets, putDeliveryUnderWay } from '../../src/production/secrets/secret-delivery.js';
import { openSealedPart } from '../../src/production/secrets/secret-mail.js';
import { deliverAgain, listUndelivered } from '../../src/production/secrets/undelivered.js';
import { keys, orderedCard, pin, producedCard, puk, secrets } from '../fixtures/card-secrets.js';
import { installed } from '../fixtures/installation.js';
import { everythingStored } from './everything-stored.js';
import { JobLoop, type Job } from '../../src/kernel/job.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { smtpError, startSmtp, type TestSmtp } from '../support/smtp.js';

let database: TestDatabase;
let db: Knex;
let smtp: TestSmtp;
/** Everything that was logged, at every level. */
let logged: string[];
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.knex;
});
beforeEach(async () => {
  await database.clear();
  await installed(db);
  smtp = await startSmtp();
  logged = [];
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  await smtp.stop();
});
afterAll(() => database.drop());

const log = () =>
  pino(
    { level: 'trace' },
    new Writable({ write: (line: Buffer, _encoding, done) => (logged.push(line.toString()), done()) }),
  );
const option = (name: string, value: string) => db.transaction((trx) => setOption(trx, 'admin', name, value));

/** The shop as far as letters go: what it printed, by key, and what it answers to the next ones. */
function letterShop(answers: (Error | 'print and lose the answer')[] = []) {
  const printed = new Map<string, string>();
  const calls: string[] = [];
  const backend = {
    id: 'shop',
    printLetter: async (key: string, letter: Buffer) => {
      calls.push(key);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      if (!printed.has(key)) printed.set(key, letter.toString());
      if (answer !== undefined) throw new AnswerLost(`no answer to the letter ${letter.toString()}`);
    },
  } as unknown as ProductionBackend;
  return { printed, calls, backend };
}

function run(job: Job): void {
  const loop = new JobLoop(job, log());
  running.push(loop);
  loop.start();
}

function startLetters(backend: ProductionBackend | null, times: Partial<LetterTimes> = {}, keeper = secrets): void {
  const sender = new LetterSender({
    db,
    log: log(),
    secrets: keeper,
    makeLetter: async (content) => Buffer.from(JSON.stringify(content)),
    backends: { all: async () => (backend === null ? [] : [backend]) },
    times: { idleMs: 30, firstDelayMs: 20, longestDelayMs: 100, ...times },
  });
  run(sender);
}

function startMails(): void {
  const sender = new MailSender({
    db,
    log: log(),
    directory: { emailOf: async () => null, membersOf: async () => [] },
    openSealed: (part) => openSealedPart(db, secrets, part),
    smtpUrl: smtp.url,
    from: 'Cards <cards@example.org>',
    publicUrl: 'https://cards.example.org',
    times: { idleMs: 30, firstDelayMs: 20, longestDelayMs: 100 },
  });
  run(sender);
}

const left = () => db('card_secret').orderBy('kind').pluck<string[]>('kind');
const erased = () => eventually('the secrets are erased', 15_000, async () => (await left()).length === 0);
const mail = () => db('mail').first();

/** A canary in a table or a log is a leak. */
async function expectNoLeak(): Promise<void> {
  const everything = `${await everythingStored(db)}\n${logged.join('')}`;
  expect(everything.length).toBeGreaterThan(500);
  for (const secret of [pin, puk]) {
    for (const form of [
      secret,
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('base64').slice(0, 24),
    ])
      expect(everything).not.toContain(form);
  }
}

describe('making', () => {
  it('follows the options of the moment, and answers a repeat with the same', async () => {
    await option('pin-delivery', 'e-mail');
    const order = await orderedCard(db);
    const make = async (keeper = secrets) => [
      ...(await db.transaction((trx) => keeper.makeSecrets(trx, [{ ...order, chip: true }]))).values(),
    ];
    expect(await make()).toEqual([{ pin, puk }]);
    expect(await make(new CardSecrets(keys))).toEqual([{ pin, puk }]);
    expect([...(await secrets.openSecrets(db, [order])).values()]).toEqual([{ pin, puk }]);
    expect(await db('card_secret').orderBy('kind').select('kind', 'delivery', 'key_id')).toEqual([
      { kind: 'pin', delivery: 'e-mail', key_id: 'test' },
      { kind: 'puk', delivery: 'none', key_id: 'test' },
    ]);
    await expectNoLeak();
  });

  it('takes the lengths of the options', async () => {
    await expect(option('pin-length', '5')).rejects.toMatchObject({
      code: 'invalid-request',
      message: 'Option pin-length must be 4 or 6.',
    });
    await db.transaction((trx) => setOption(trx, 'admin', 'pin-length', 4));
    await db.transaction((trx) => setOption(trx, 'admin', 'puk-length', 10));
    const order = await orderedCard(db);
    const made = await db.transaction((trx) => new CardSecrets(keys).makeSecrets(trx, [{ ...order, chip: true }]));
    expect([...made.values()]).toEqual([
      { pin: expect.stringMatching(/^\d{4}$/), puk: expect.stringMatching(/^\d{10}$/) },
    ]);
  });

  it('makes none for a card without a chip', async () => {
    const order = await orderedCard(db);
    expect((await db.transaction((trx) => secrets.makeSecrets(trx, [{ ...order, chip: false }]))).size).toBe(0);
    await db.transaction((trx) => putDeliveryUnderWay(trx, [order]));
    expect([await left(), await mail(), await db('secret_letter')]).toEqual([[], undefined, []]);
  });

  it('is taken back with the transaction', async () => {
    const order = await orderedCard(db);
    await expect(
      db.transaction(async (trx) => {
        await secrets.makeSecrets(trx, [{ ...order, chip: true }]);
        throw new Error('the backend refuses the card');
      }),
    ).rejects.toThrow('refuses');
    expect(await left()).toEqual([]);
  });

  it('a row that is moved to another card opens nothing', async () => {
    const [one, other] = [await orderedCard(db), await orderedCard(db)];
    await db.transaction((trx) => secrets.makeSecrets(trx, [{ ...one, chip: true }]));
    await db('card_secret').update({ card_id: other.cardId });
    await expect(secrets.openSecrets(db, [other])).rejects.toMatchObject({
      code: 'secret-unreadable',
      message: expect.stringContaining(other.cardId),
    });
  });
});

describe('by letter', () => {
  it('is printed by the backend that made the card, once, and erased', async () => {
    const { cardId, cardNumber } = await producedCard(db);
    expect(await left()).toEqual(['pin']);
    const shop = letterShop();
    startLetters(shop.backend);
    await erased();
    expect([...shop.printed]).toEqual([[`${cardId}-1-letter`, expect.stringContaining(pin)]]);
    expect(JSON.parse([...shop.printed.values()][0] ?? '')).toEqual({
      holderName: expect.stringContaining('Sample Person'),
      department: 'Testing',
      cardTypeName: 'Visitor',
      cardNumber,
      pin,
      puk: null,
    });
    expect(await db('secret_letter')).toEqual([]);
    expect(await db('audit').where({ action: 'secret-delivered' })).toMatchObject([
      { object_id: cardId, details: { number: 1, by: 'letter', backend: 'shop' } },
    ]);
    await expectNoLeak();
  });

  it('carries both where both are printed', async () => {
    await option('puk-delivery', 'print');
    await producedCard(db);
    const shop = letterShop();
    startLetters(shop.backend);
    await erased();
    expect([...shop.printed.values()].map((letter) => JSON.parse(letter))).toEqual([
      expect.objectContaining({ pin, puk }),
    ]);
  });

  it('is tried again under the same key until it is taken, and reveals nothing of it in errors', async () => {
    await producedCard(db);
    const shop = letterShop([
      new BackendDown('no connection'),
      new BackendBusy('later', 10),
      'print and lose the answer',
      new AnswerLost('cut off'),
    ]);
    startLetters(shop.backend);
    await erased();
    expect(shop.calls).toHaveLength(5);
    expect(new Set(shop.calls).size).toBe(1);
    expect(shop.printed.size).toBe(1);
    expect(logged.join('')).toContain('[cut]');
    await expectNoLeak();
  });

  it('of two workers at once only one brings it', async () => {
    for (let card = 0; card < 12; card += 1) await producedCard(db);
    const shop = letterShop();
    for (let worker = 0; worker < 3; worker += 1) startLetters(shop.backend);
    await erased();
    expect(shop.calls).toHaveLength(12);
    expect(shop.printed.size).toBe(12);
  });

  it('is printed once although a worker died right after the backend took it', async () => {
    const { cardId, number } = await producedCard(db);
    const shop = letterShop();
    // What a worker does before it is killed: it takes the letter on, and the backend prints it.
    await claimLetters(db, 1, 0.2);
    await shop.backend.printLetter?.(`${cardId}-${number}-letter`, Buffer.from(pin), AbortSignal.timeout(1_000));
    expect(await left()).toEqual(['pin']);
    startLetters(shop.backend);
    await erased();
    expect(shop.calls).toHaveLength(2);
    expect(shop.printed.size).toBe(1);
  });

  it('waits, with the reason and the cure, where the backend prints none', async () => {
    const { cardId } = await producedCard(db);
    startLetters({ id: 'shop' } as ProductionBackend);
    const [waiting] = await eventually('the reason is on record', 15_000, async () => {
      const items = await listUndelivered(db, 10);
      return items[0]?.lastError == null ? null : items;
    });
    expect(waiting).toMatchObject({ cardId, number: 1, deliveries: { pin: 'print' }, production: 'produced' });
    expect(waiting?.lastError).toContain(`prints no letters`);
    expect(waiting?.lastError).toContain(`npm run cards -- secrets deliver ${cardId} 1`);
    expect(await left()).toEqual(['pin']);
  });

  it('waits where the key is missing, and names it', async () => {
    await producedCard(db);
    const shop = letterShop();
    startLetters(shop.backend, {}, new CardSecrets(new KeyRing([{ id: 'other', key: randomBytes(32) }])));
    await eventually('the reason is on record', 15_000, async () =>
      (await listUndelivered(db, 10))[0]?.lastError?.includes('the key "test"'),
    );
    expect(shop.calls).toEqual([]);
  });
});

describe('by e-mail', () => {
  beforeEach(() => option('pin-delivery', 'e-mail'));

  it('lies in the outbox without the secret, is filled in at the moment of sending, and erased', async () => {
    const { cardNumber } = await producedCard(db);
    expect(await mail()).toMatchObject({
      state: 'pending',
      subject: `The PIN of your card ${cardNumber}`,
      to_account: null,
      to_address: expect.stringMatching(/^h-\d+@example\.org$/),
    });
    expect(await left()).toEqual(['pin']);
    await expectNoLeak();
    startMails();
    await erased();
    await eventually('the mail is sent', 15_000, async () => (await mail()).state === 'sent');
    expect(smtp.received.map(({ source }) => source)).toEqual([expect.stringContaining(`PIN: ${pin}`)]);
    expect(smtp.received[0]?.source).not.toContain(puk);
    await expectNoLeak();
  });

  it('carries both where both go by mail', async () => {
    await option('puk-delivery', 'e-mail');
    const { cardNumber } = await producedCard(db);
    startMails();
    await erased();
    expect(smtp.received[0]?.source).toContain(`The PIN and PUK of your card ${cardNumber}`);
    expect(smtp.received[0]?.source.replaceAll('=\r\n', '')).toMatch(new RegExp(`PIN: ${pin}\\s+PUK: ${puk}`));
  });

  it('each goes its own way', async () => {
    await option('puk-delivery', 'print');
    await producedCard(db);
    const shop = letterShop();
    startMails();
    startLetters(shop.backend);
    await erased();
    expect(smtp.received[0]?.source).toContain(pin);
    expect(smtp.received[0]?.source).not.toContain(puk);
    expect([...shop.printed.values()]).toEqual([expect.stringContaining(puk)]);
    expect([...shop.printed.values()][0]).not.toContain(pin);
  });

  it('stays sealed while the mail server takes none, and its answer is not kept where it quotes the mail', async () => {
    await producedCard(db);
    let refusals = 2;
    smtp.afterData = () => (refusals-- > 0 ? smtpError(451, `try later: your text was PIN: ${pin}`) : null);
    startMails();
    await erased();
    expect(smtp.received).toHaveLength(3);
    expect(logged.join('')).toContain('PIN: [cut]');
    await expectNoLeak();
  });

  it('is erased when the mail may have arrived: it is not sent again', async () => {
    await producedCard(db);
    smtp.afterData = () => 'break';
    startMails();
    await erased();
    expect(await mail()).toMatchObject({ state: 'unknown' });
    await expectNoLeak();
  });

  it('is erased when a server was killed in the middle of sending', async () => {
    await producedCard(db);
    await claimMails(db, 1, 0.1);
    expect(await left()).toEqual(['pin']);
    startMails();
    await erased();
    expect(await mail()).toMatchObject({ state: 'unknown', last_error: expect.stringContaining('may have arrived') });
    expect(smtp.received).toEqual([]);
  });

  it('stays sealed when the mail server refuses the address, and goes to the corrected one', async () => {
    const order = await producedCard(db);
    smtp.atRecipient = () => smtpError(550, 'no such user');
    startMails();
    await eventually('the mail has failed', 15_000, async () => (await mail()).state === 'failed');
    expect(await listUndelivered(db, 10)).toMatchObject([
      { deliveries: { pin: 'e-mail' }, lastError: expect.stringContaining('no such user') },
    ]);
    smtp.atRecipient = () => null;
    await db('holder').update({ email: 'corrected@example.org' });
    await db.transaction((trx) => deliverAgain(trx, 'admin', order));
    await erased();
    await eventually('the mail has come', 15_000, () => smtp.received.length === 1);
    expect(smtp.received[0]).toMatchObject({ to: ['corrected@example.org'], source: expect.stringContaining(pin) });
    expect(await db('audit').where({ action: 'secret-delivery-repeated' })).toMatchObject([
      { actor: 'admin', object_id: order.cardId },
    ]);
    await expectNoLeak();
  });

  it('is put in once for any number of results', async () => {
    const order = await producedCard(db);
    await db.transaction((trx) => putDeliveryUnderWay(trx, [order]));
    expect(await db('mail')).toHaveLength(1);
  });
});

describe('nothing is left behind', () => {
  it('where nothing is to be delivered', async () => {
    await option('pin-delivery', 'none');
    await producedCard(db);
    expect(await left()).toEqual([]);
    await expectNoLeak();
  });

  it.each(['print', 'e-mail'])('of a card that is not given out, whose %s was waiting', async (way) => {
    await option('pin-delivery', way);
    const order = await producedCard(db);
    await db.transaction((trx) => eraseSecrets(trx, [order]));
    expect(await left()).toEqual([]);
    expect(await db('secret_letter')).toEqual([]);
    const shop = letterShop();
    startMails();
    startLetters(shop.backend);
    if (way === 'e-mail')
      expect(await mail()).toMatchObject({ state: 'failed', last_error: 'The card is not given out.' });
    expect([shop.calls, smtp.received]).toEqual([[], []]);
  });

  it('in the database, even when rows are changed by hand: a mail that was sent has no secret any more', async () => {
    await option('pin-delivery', 'e-mail');
    await producedCard(db);
    await db('mail').update({ state: 'sent', ended_at: db.fn.now() });
    expect(await left()).toEqual([]);
  });
});

describe('delivering again', () => {
  const again = (order: { cardId: string; number: number }) =>
    db.transaction((trx) => deliverAgain(trx, 'admin', order));

  it('takes the way that the options say now: from a letter that nobody prints to a mail', async () => {
    const order = await producedCard(db);
    await option('pin-delivery', 'e-mail');
    await again(order);
    expect(await db('secret_letter')).toEqual([]);
    startMails();
    await erased();
    expect(smtp.received[0]?.source).toContain(pin);
  });

  it('erases with the option none', async () => {
    const order = await producedCard(db);
    await option('pin-delivery', 'none');
    await again(order);
    expect(await left()).toEqual([]);
  });

  it('is refused before the card is produced, while a mail is being sent, and when nothing is left', async () => {
    const early = await orderedCard(db);
    await db.transaction((trx) => secrets.makeSecrets(trx, [{ ...early, chip: true }]));
    await expect(again(early)).rejects.toMatchObject({
      code: 'nothing-to-deliver',
      message: expect.stringContaining('is intent'),
    });
    await option('pin-delivery', 'e-mail');
    const order = await producedCard(db);
    await claimMails(db, 1, 60);
    await expect(again(order)).rejects.toMatchObject({
      code: 'nothing-to-deliver',
      message: expect.stringContaining('being sent'),
    });
    await db('mail').update({ state: 'sent', ended_at: db.fn.now() });
    await expect(again(order)).rejects.toMatchObject({
      code: 'nothing-to-deliver',
      message: expect.stringContaining('Nothing is left'),
    });
    await expect(again({ ...order, number: 9 })).rejects.toMatchObject({ code: 'not-found' });
  });
});
