import { pino } from 'pino';
import { sendAgain, sendFailedAgain } from '../../src/records/mail/mail-again.js';
import { enqueueMail } from '../../src/records/mail/mail-outbox.js';
import { claimMails, expandMail } from '../../src/records/mail/mail-queue.js';
import { MailSender, type SenderTimes } from '../../src/records/mail/mail-sender.js';
import { requestDecided, requestWaiting } from '../../src/records/mail/mail-texts.js';
import type { MailDirectory, MailState, NewMail } from '../../src/records/mail/mail-types.js';
import { JobLoop } from '../../src/kernel/job.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { smtpError, startSmtp, type TestSmtp, type Verdict } from '../support/smtp.js';
import { freePort } from '../../launcher/ports.js';

const log = pino({ level: 'silent' });
const quick: Partial<SenderTimes> = { idleMs: 50, firstDelayMs: 20, longestDelayMs: 200 };
const people: Readonly<Record<string, string | null>> = {
  operator: 'operator@example.org',
  approver: 'approver@example.org',
  approver2: 'approver2@example.org',
  silent: null,
  sly: 'sly@example.org, victim@example.org',
};
const directory: MailDirectory = {
  emailOf: async (account) => people[account] ?? null,
  membersOf: async (group) =>
    group === 'card-approvers'
      ? ['approver', 'approver2', 'Operator'].map((account) => ({ account, email: `${account}@example.org` }))
      : [],
};

const openSealed = async () => null;

let database: TestDatabase;
let smtp: TestSmtp;
const loops: JobLoop[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.clear();
  smtp = await startSmtp();
});
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()));
  await smtp.stop();
});
afterAll(() => database.drop());

function startSender(
  times: Partial<SenderTimes> = {},
  smtpUrl: string | undefined = smtp.url,
  people = directory,
): { health: MailSender['health']; stop(): Promise<void> } {
  const sender = new MailSender({
    db: database.knex,
    log,
    directory: people,
    openSealed,
    smtpUrl,
    from: 'Cards <cards@example.org>',
    publicUrl: 'https://cards.example.org',
    times: { ...quick, ...times },
  });
  const loop = new JobLoop(sender, log);
  loops.push(loop);
  loop.start();
  return { health: () => sender.health(), stop: () => loop.stop() };
}

const mailTo = (toAccount: string, eventKey = `event:${toAccount}`): NewMail => ({
  eventKey,
  toAccount,
  subject: 'Subject',
  body: 'Body',
  linkPath: '/my-requests',
});

const put = (...mails: NewMail[]) => database.knex.transaction((trx) => enqueueMail(trx, mails));

interface Row {
  readonly state: MailState;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly to_account: string | null;
}

const rows = () => database.knex('mail').orderBy('id').select<Row[]>('state', 'attempts', 'last_error', 'to_account');

const settled = (...states: MailState[]) =>
  eventually(`the mails are ${states.join(', ')}`, 15_000, async () => {
    const found = await rows();
    return JSON.stringify(found.map((row) => row.state)) === JSON.stringify(states) ? found : null;
  });

test('sends to the account of a mail, with the link of this installation', async () => {
  startSender();
  await put(
    requestDecided({
      requestId: '4711',
      holder: 'Ada Example',
      cardType: 'Employee',
      requester: 'operator',
      outcome: 'rejected',
      reason: 'The photo is old.',
    }),
  );
  await settled('sent');
  expect(smtp.received).toHaveLength(1);
  const [mail] = smtp.received;
  expect(mail?.to).toEqual(['operator@example.org']);
  expect(mail?.source).toContain('Subject: Your card request for Ada Example was rejected');
  expect(mail?.source).toContain('Reason: The photo is old.');
  expect(mail?.source).toContain('https://cards.example.org/my-requests');
  expect(mail?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(mail?.source).toMatch(/^Message-ID: <[0-9a-f]{40}@example\.org>\r$/m);
});

test('mails each member of a group, except those who may not decide', async () => {
  startSender();
  await put(
    requestWaiting({
      requestId: '4711',
      holder: 'Ada Example',
      cardType: 'Employee card',
      requester: 'operator',
      exceptAccounts: ['operator', 'approver2'],
    }),
  );
  await settled('expanded', 'sent');
  expect(smtp.received.map((mail) => mail.to)).toEqual([['approver@example.org']]);
  await put(
    requestWaiting({
      requestId: '4712',
      holder: 'Ada Example',
      cardType: 'Employee card',
      requester: 'x',
      exceptAccounts: ['x'],
    }),
  );
  await settled('expanded', 'sent', 'expanded', 'sent', 'sent', 'sent');
});

test('an event that comes twice is mailed once', async () => {
  startSender();
  await put(mailTo('operator', 'event'), mailTo('operator', 'event'));
  await settled('sent');
  await put(mailTo('approver', 'event'), mailTo('operator', 'another'));
  await settled('sent', 'sent');
  expect(smtp.received).toHaveLength(2);
});

test('two senders at once send each mail once', async () => {
  const mails = Array.from({ length: 40 }, (_, index) => mailTo('operator', `event:${index}`));
  await put(...mails, { eventKey: 'all', toGroup: 'card-approvers', subject: 'S', body: 'B', linkPath: '/' });
  startSender();
  startSender();
  await eventually('everything is sent', 20_000, async () =>
    (await rows()).every((row) => row.state === 'sent' || row.state === 'expanded'),
  );
  const ids = smtp.received.map((mail) => /^Message-ID: (.+)\r$/m.exec(mail.source)?.[1]);
  expect(ids).toHaveLength(43);
  expect(new Set(ids).size).toBe(43);
});

test('what one sender has taken on, another neither takes nor waits for', async () => {
  await put(...['a', 'b', 'c'].map((key) => mailTo('operator', key)));
  await database.knex('mail').update({ to_address: 'operator@example.org' });
  await database.knex.transaction(async (one) => {
    const first = await claimMails(one, 2, 60);
    const second = await database.knex.transaction(async (other) => {
      await other.raw(`set local lock_timeout = '2s'`);
      return claimMails(other, 2, 60);
    });
    expect(first.map((mail) => mail.eventKey).sort()).toEqual(['a', 'b']);
    expect(second.map((mail) => mail.eventKey)).toEqual(['c']);
  });
});

test('a group is expanded once, to its members at that time', async () => {
  await put({ eventKey: 'all', toGroup: 'card-approvers', subject: 'S', body: 'B', linkPath: '/' });
  const { id } = await database.knex('mail').first<{ id: string }>('id');
  await expandMail(database.knex, id, [{ account: 'approver', email: 'approver@example.org' }]);
  await expandMail(database.knex, id, [{ account: 'newcomer', email: 'newcomer@example.org' }]);
  expect((await rows()).map((row) => row.to_account)).toEqual([null, 'approver']);
});

test('without a mail server mails stay in the outbox', async () => {
  const sender = new MailSender({
    db: database.knex,
    log,
    directory,
    openSealed,
    smtpUrl: undefined,
    from: 'c@example.org',
    publicUrl: 'https://cards.example.org',
  });
  const loop = new JobLoop(sender, log);
  loop.start();
  await put(mailTo('operator'));
  await loop.stop();
  expect(await rows()).toMatchObject([{ state: 'pending', attempts: 0 }]);
  expect(await sender.health()).toEqual({ status: 'up', detail: 'SMTP_URL is not set, so mails stay in the outbox' });
});

test('an account without an address, and a group without members, fail with a sentence', async () => {
  startSender();
  await put(mailTo('silent'), mailTo('nobody'), {
    eventKey: 'g',
    toGroup: 'empty',
    subject: 'S',
    body: 'B',
    linkPath: '/',
  });
  const found = await settled('failed', 'failed', 'failed');
  expect(found.map((row) => row.last_error)).toEqual([
    'The account silent has no e-mail address.',
    'The account nobody has no e-mail address.',
    'The group empty has no member who could be notified.',
  ]);
});

test('names and addresses cannot add headers or recipients', async () => {
  startSender();
  await put({ ...mailTo('operator'), subject: 'Card for Ada\r\nBcc: victim@example.org\u2028X: y' }, mailTo('sly'));
  const found = await settled('sent', 'failed');
  expect(found[1]?.last_error).toBe('The address is not a plain e-mail address.');
  expect(smtp.received).toHaveLength(1);
  expect(smtp.received[0]?.to).toEqual(['operator@example.org']);
  expect(smtp.received[0]?.source).toMatch(/^Subject: Card for Ada Bcc: victim@example\.org X: y\r$/m);
  expect(smtp.received[0]?.source).not.toMatch(/^(Bcc|X):/m);
});

test('waits for a mail server that is not there, and sends once it is', async () => {
  const port = await freePort();
  const sender = startSender({}, `smtp://127.0.0.1:${port}`);
  await put(mailTo('operator'));
  await eventually('it was tried twice', 10_000, async () => ((await rows())[0]?.attempts ?? 0) >= 2);
  expect((await rows())[0]?.last_error).toContain('ECONNREFUSED');
  expect((await sender.health()).status).toBe('down');
  const late = await startSmtp({}, port);
  try {
    await settled('sent');
    expect(late.received).toHaveLength(1);
    expect(await sender.health()).toEqual({ status: 'up' });
  } finally {
    await late.stop();
  }
});

test.each([
  ['to the recipient', () => (smtp.atRecipient = once(smtpError(451, 'greylisted')))],
  ['to the message', () => (smtp.afterData = once(smtpError(452, 'disk full')))],
])('tries again after a "later" %s', async (_, fail) => {
  fail();
  startSender();
  await put(mailTo('operator'));
  expect(await settled('sent')).toMatchObject([{ attempts: 2, last_error: null }]);
});

test.each([
  ['to the recipient', () => (smtp.atRecipient = () => smtpError(550, 'no such user')), 'no such user'],
  ['to the recipient, with its status', () => (smtp.atRecipient = () => smtpError(550, '5.1.1 gone')), '5.1.1 gone'],
  ['to the message', () => (smtp.afterData = () => smtpError(550, '5.1.1 no such user')), 'no such user'],
])('takes a "never" %s at its word', async (_, fail, sentence) => {
  fail();
  startSender();
  await put(mailTo('operator'));
  const [row] = await settled('failed');
  expect(row).toMatchObject({ attempts: 1 });
  expect(row?.last_error).toContain(sentence);
});

// The replies of shared cases, and others of their kind.
test.each([
  ['after the message', 554, '5.2.252 SendAsDenied', 'sender'],
  ['at the recipient', 553, '5.7.1 Sender address rejected', 'sender'],
  ['at the recipient', 554, '5.7.1 Client host rejected', 'sender'],
  ['after the message', 552, '5.2.2 Mailbox full', 'mailbox'],
  ['at the recipient', 552, '5.2.2 Mailbox full', 'mailbox'],
  ['at the recipient', 550, '5.7.26 unauthenticated mail', 'sender'],
  ['at the recipient', 550, '5.1.1 Sender unknown', 'sender'],
  ['at the recipient', 554, 'Relay access denied', 'sender'],
  ['after the message', 554, 'looks like spam', 'sender'],
])("a refusal %s that is not the recipient's fault is tried again: %i %s", async (where, code, words, blame) => {
  const refuse = () => smtpError(code, words);
  if (where === 'at the recipient') smtp.atRecipient = refuse;
  else smtp.afterData = refuse;
  const sender = startSender();
  await put(mailTo('operator'));
  await eventually('it was tried twice', 10_000, async () => ((await rows())[0]?.attempts ?? 0) >= 2);
  const [row] = await database.knex('mail').select('state', 'blame', 'last_error');
  expect(row).toMatchObject({ blame, last_error: expect.stringContaining(words) });
  expect(['pending', 'sending']).toContain(row.state);
  const health = await sender.health();
  expect(health.status).toBe(blame === 'sender' ? 'down' : 'up');
  if (blame === 'sender') expect(health.detail).toContain('MAIL_FROM');
  expect(health.detail ?? '').not.toContain('example.org');
  smtp.atRecipient = smtp.afterData = () => null;
  await settled('sent');
  expect(await sender.health()).toEqual({ status: 'up' });
});

test('a mail that failed is sent again to the address as it is by then, one or all, and is tried for another day', async () => {
  smtp.atRecipient = () => smtpError(550, '5.1.1 no such user');
  const first = startSender();
  await put(mailTo('operator', 'a'), mailTo('operator', 'b'), mailTo('operator', 'c'));
  await settled('failed', 'failed', 'failed');
  await first.stop();
  await database.knex('mail').update({ created_at: database.knex.raw(`now() - interval '3 days'`) });
  smtp.atRecipient = () => null;
  smtp.received.length = 0;
  const [{ id }] = await database.knex('mail').where({ event_key: 'a' }).select('id');
  await database.knex.transaction((trx) => sendAgain(trx, 'ada', id));
  await expect(database.knex.transaction((trx) => sendAgain(trx, 'ada', id))).rejects.toMatchObject({
    code: 'mail-ended',
  });
  startSender({}, smtp.url, { ...directory, emailOf: async () => 'new@example.org' });
  await settled('sent', 'failed', 'failed');
  expect(await database.knex.transaction((trx) => sendFailedAgain(trx, 'ada'))).toBe(2);
  await settled('sent', 'sent', 'sent');
  expect(smtp.received.map(({ to }) => to)).toEqual(Array(3).fill(['new@example.org']));
  expect(await database.knex('audit').where({ object_type: 'mail' }).pluck('action')).toEqual(
    Array(3).fill('mail-sent-again'),
  );
  await expect(database.knex.transaction((trx) => sendAgain(trx, 'ada', id))).rejects.toMatchObject({
    code: 'mail-ended',
  });
});

test("a wrong password is our fault, not the mail's: it is tried again", async () => {
  const strict = await startSmtp({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) => {
      if (password === 'right') done(null, { user: 'cards' });
      else done(smtpError(535, 'wrong password'));
    },
  });
  try {
    const address = new URL(strict.url);
    const sender = startSender({}, `smtp://cards:wrong@${address.host}`);
    await put(mailTo('operator'));
    await eventually('it was tried twice', 10_000, async () => ((await rows())[0]?.attempts ?? 0) >= 2);
    await sender.stop();
    startSender({}, `smtp://cards:right@${address.host}`);
    await settled('sent');
  } finally {
    await strict.stop();
  }
});

test('a connection that breaks after the message was handed over is unknown, and not sent again', async () => {
  smtp.afterData = () => 'break';
  startSender();
  await put(mailTo('operator'));
  const [row] = await settled('unknown');
  expect(row?.last_error).toContain('The mail may have arrived.');
  await put(mailTo('approver'));
  await settled('unknown', 'unknown');
  expect(smtp.received).toHaveLength(2);
});

test('a connection that breaks before the message was handed over is tried again', async () => {
  smtp.atRecipient = once('break');
  startSender();
  await put(mailTo('operator'));
  expect(await settled('sent')).toMatchObject([{ attempts: 2 }]);
  expect(smtp.received).toHaveLength(1);
});

test('a kept connection that the mail server has closed costs nothing but another try', async () => {
  startSender();
  await put(mailTo('operator'));
  await settled('sent');
  const port = Number(new URL(smtp.url).port);
  await smtp.stop();
  smtp = await startSmtp({}, port);
  await put(mailTo('approver'));
  await settled('sent', 'sent');
  expect(smtp.received).toHaveLength(1);
});

test('a server that died while sending leaves "unknown", which nobody sends again', async () => {
  await put(mailTo('operator'), mailTo('approver'));
  await database.knex('mail').update({ to_address: 'operator@example.org' });
  expect(await claimMails(database.knex, 1, -1)).toHaveLength(1);
  startSender();
  await settled('unknown', 'sent');
  expect(smtp.received).toHaveLength(1);
});

test('a mail server that never answers is cut off by the time limit', async () => {
  const mute = await startSmtp({ onData: (stream) => void stream.resume() });
  try {
    startSender({ tryMs: 500 }, mute.url);
    await put(mailTo('operator'));
    await settled('unknown');
  } finally {
    await mute.stop();
  }
});

test('stopping waits for the mail on its way, but not for ever', async () => {
  let answer: (() => void) | undefined;
  const slow = await startSmtp({
    onData: (stream, _session, done) => {
      stream.resume();
      answer = done;
    },
  });
  try {
    const patient = startSender({ stopMs: 10_000 }, slow.url);
    await put(mailTo('operator'));
    await eventually('the message is there', 10_000, () => answer !== undefined);
    const stopping = patient.stop();
    answer?.();
    await stopping;
    expect(await rows()).toMatchObject([{ state: 'sent' }]);

    answer = undefined;
    const hasty = startSender({ stopMs: 50 }, slow.url);
    await put(mailTo('approver'));
    await eventually('the message is there', 10_000, () => answer !== undefined);
    await hasty.stop();
    expect(await rows()).toMatchObject([{ state: 'sent' }, { state: 'unknown' }]);
  } finally {
    await slow.stop();
  }
});

test('a mail that could not be sent for a day is given up', async () => {
  await put(mailTo('operator'));
  await database
    .knex('mail')
    .update({ created_at: database.knex.raw(`now() - interval '25 hours'`), last_error: 'connect ECONNREFUSED' });
  startSender();
  const [row] = await settled('failed');
  expect(row?.last_error).toBe('Given up, because it could not be sent in time. connect ECONNREFUSED');
  expect(smtp.received).toEqual([]);
});

test('waits for a directory that does not answer', async () => {
  let fails = 2;
  startSender({}, smtp.url, {
    ...directory,
    emailOf: async (account) => {
      if (fails-- > 0) throw new Error('The process engine does not answer.');
      return directory.emailOf(account);
    },
  });
  await put(mailTo('operator'));
  expect(await settled('sent')).toMatchObject([{ attempts: 3 }]);
});

/** This verdict the first time only. */
function once(verdict: Verdict): () => Verdict {
  let left = verdict;
  return () => {
    const now = left;
    left = null;
    return now;
  };
}
