import { launcherEnvironment } from '../../src/kernel/config.js';
import { parseArguments, usage } from '../../launcher/arguments.js';
import { engineNotice, ownNotice, postgresNotice } from '../../launcher/notices.js';
import { readyLine } from '../../launcher/ready-line.js';
import { Screen } from '../../launcher/screen.js';
import { Steps } from '../../launcher/steps.js';

const url = 'http://localhost:8080';

describe('the Ready line', () => {
  test('names the command when nothing is enabled', () => {
    expect(readyLine(url, [{ id: 'request-card', enabled: false, variant: null }], null)).toBe(
      'Ready at http://localhost:8080 — no use case is enabled yet and at least one must be: ' +
        'npm run cards -- use-case enable request-card --variant with-approval',
    );
  });

  test('the command works as printed for another data directory', () => {
    expect(readyLine(url, [], '/srv/cards data')).toContain("DATA_DIR='/srv/cards data' npm run cards -- use-case");
  });

  test('names what is enabled, and how', () => {
    const states = [{ id: 'request-card', enabled: true, variant: 'with-approval' }];
    expect(readyLine(url, states, null)).toBe(
      'Ready at http://localhost:8080 — Request card is enabled (with approval): sign in as operator to request a card.',
    );
  });
});

describe('arguments', () => {
  test('--enable may be repeated', () => {
    const args = ['--enable', 'request-card=with-approval', '--enable=request-card=without-approval'];
    expect(parseArguments(args).enable).toEqual([
      { useCase: 'request-card', variant: 'with-approval' },
      { useCase: 'request-card', variant: 'without-approval' },
    ]);
  });

  test.each([
    [['--enable', 'request-card'], /not of the form USE-CASE=VARIANT/],
    [['--enable', 'request-badge=with-approval'], /no use case request-badge: choose one of request-card/],
    [['--port', '80'], /Unknown option '--port': `npm start -- --help`/],
    [['now'], /Unexpected argument 'now'/],
  ])('%p is refused in one sentence', (args, sentence) => {
    expect(() => parseArguments(args)).toThrow(sentence);
  });

  test('--help has a line for every setting', () => {
    for (const name of Object.keys(launcherEnvironment.shape)) expect(usage()).toMatch(new RegExp(`^  ${name}  `, 'm'));
  });
});

describe('notices', () => {
  test.each([
    [ownNotice, '{"level":30,"msg":"fine"}', null],
    [ownNotice, '{"level":50,"msg":"no mail server"}', 'error: no mail server'],
    [ownNotice, 'TypeError: x is not a function', 'TypeError: x is not a function'],
    [engineNotice, '2026-01-31T12:00:00.000Z WARN  EngineHost deprecated', null],
    [engineNotice, '2026-01-31T12:00:00.000Z ERROR HikariPool no database', 'error: no database'],
    [engineNotice, 'Error: Unable to access jarfile', 'error: Error: Unable to access jarfile'],
    [postgresNotice, '2026-01-31 12:00:00 UTC [1] ERROR:  duplicate key', null],
    [postgresNotice, '2026-01-31 12:00:00 UTC [1] FATAL:  the database system is starting up', null],
    [
      postgresNotice,
      '2026-01-31 12:00:00 UTC [1] PANIC:  could not locate a valid checkpoint',
      'could not locate a valid checkpoint',
    ],
  ])('%p of %s', (notice, line, expected) => {
    expect(notice(line)).toBe(expected);
  });
});

describe('steps', () => {
  const written = (isTTY: boolean) => {
    const output = { isTTY, columns: 60, text: '', write: (text: string) => (output.text += text) };
    return output;
  };

  test('a quick step is one line off a terminal', async () => {
    const output = written(false);
    const steps = new Steps(new Screen(output), 2, new AbortController().signal);
    await steps.step('One', async () => undefined);
    await steps.step('Two', async () => undefined);
    expect(output.text).toBe('[1/2] One … 0.0 s\n[2/2] Two … 0.0 s\n');
  });

  test('on a terminal a live line shows the current step, and leaves with the step', async () => {
    const output = written(true);
    const steps = new Steps(new Screen(output), 1, new AbortController().signal);
    await steps.step('One', async (report) => {
      report('half of it');
      await new Promise((resolve) => setTimeout(resolve, 250));
    });
    expect(output.text).toContain('[1/1] One … 0.2 s (half of it)');
    expect(output.text).toMatch(/\r\u001b\[K\[1\/1\] One … 0\.\d s\n$/);
  });

  test('nothing is written once it is being stopped', async () => {
    const output = written(false);
    const stopping = new AbortController();
    await new Steps(new Screen(output), 1, stopping.signal).step('One', async () => stopping.abort());
    expect(output.text).toBe('');
  });
});
