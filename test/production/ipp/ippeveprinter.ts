import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../../launcher/ports.js';

/** ippeveprinter wants a D-Bus even where it announces nothing. */
const programs = {
  ippeveprinter: 'cups-ipp-utils',
  'dbus-daemon': 'dbus',
  openssl: 'openssl',
} as const;

/**
 * `describe` for tests with a real IPP printer. Without one they are skipped with a loud message; in CI Debian's
 * packages are installed instead, so that they always run there.
 */
export const describeWithPrinter = (name: string, tests: () => void): void => {
  if (missingPackages().length > 0 && process.env['CI'] !== undefined) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    execFileSync('apt-get', ['install', '-y', '-qq', ...missingPackages()], { stdio: 'inherit' });
  }
  const missing = missingPackages();
  if (missing.length === 0) {
    describe(name, tests);
    return;
  }
  process.stderr.write(
    `\n*** NOT TESTED: ${name}. Install what is missing, for example: apt-get install ${missing.join(' ')} ***\n\n`,
  );
  describe.skip(name, tests);
};

function missingPackages(): string[] {
  return Object.entries(programs).flatMap(([program, debianPackage]) =>
    find(program) === undefined ? [debianPackage] : [],
  );
}

function find(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** What every printer here has in its configuration file. */
const everyPrinter = [
  'ATTR mimeMediaType document-format-supported "application/pdf"',
  'ATTR keyword print-scaling-supported auto,none',
];
export const bothSides = 'ATTR keyword sides-supported one-sided,two-sided-long-edge,two-sided-short-edge';
export const oneSide = 'ATTR keyword sides-supported one-sided';
/** Ways to know a card: by a name, by its size, not at all. */
export const cardMedia = {
  named: ['ATTR keyword media-supported iso_a4_210x297mm,om_card_54x86mm'],
  anySize: [
    'ATTR keyword media-supported iso_a4_210x297mm,custom_min_50x80mm,custom_max_216x356mm',
    'ATTR keyword media-col-supported media-size',
    'ATTR collection media-size-supported { MEMBER rangeOfInteger x-dimension 5000-21600 MEMBER rangeOfInteger y-dimension 8000-35600 }',
  ],
  none: ['ATTR keyword media-supported iso_a4_210x297mm'],
} as const;

/** Debian's `ippeveprinter`, on a free port, with a spool folder of its own. */
export class TestPrinter {
  readonly keys: string;
  private readonly spool: string;
  private readonly control: string;
  private printer: ChildProcess | undefined;
  private bus: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly options: readonly string[],
  ) {
    [this.keys, this.spool, this.control] = ['keys', 'spool', 'control'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const path of [this.keys, this.spool, this.control]) mkdirSync(path);
  }

  /**
   * @param attributes lines of its configuration file
   * @param options further arguments, for example `-A` (wants a password)
   */
  static async start(
    attributes: readonly string[] = [bothSides, ...cardMedia.named],
    ...options: string[]
  ): Promise<TestPrinter> {
    const folder = mkdtempSync(join(tmpdir(), 'ipp-printer-'));
    const configuration = join(folder, 'printer.conf');
    writeFileSync(configuration, [...everyPrinter, ...attributes, ''].join('\n'));
    const printer = new TestPrinter(folder, await freePort(), ['-a', configuration, ...options]);
    printer.writeCommand();
    await printer.switchOn();
    return printer;
  }

  get uri(): string {
    return `ipp://127.0.0.1:${this.port}/ipp/print`;
  }

  /** Starts it, with an empty memory, where it was before. */
  async switchOn(): Promise<void> {
    const address = `unix:path=${join(this.folder, 'bus')}`;
    if (this.bus === undefined) {
      this.bus = spawn(find('dbus-daemon') ?? '', ['--session', '--nofork', '--nopidfile', `--address=${address}`], {
        stdio: 'ignore',
      });
      await eventually('the bus is there', 30_000, () => existsSync(join(this.folder, 'bus')));
    }
    // It listens on IPv4 and IPv6, so it wants a name that stands for both.
    const fixed = [
      '-k',
      '-d',
      this.spool,
      '-c',
      this.command,
      '-K',
      this.keys,
      '-p',
      String(this.port),
      '-n',
      'localhost',
      '-r',
      'off',
    ];
    const env = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: address };
    this.printer = spawn(find('ippeveprinter') ?? '', [...this.options, ...fixed, 'Card printer'], {
      stdio: 'ignore',
      env,
    });
    const { printer } = this;
    await eventually('the printer listens', 30_000, () => {
      if (printer.exitCode !== null) throw new Error(`ippeveprinter has ended with ${printer.exitCode}`);
      return this.listens();
    });
  }

  /** Pulls the plug. */
  async switchOff(): Promise<void> {
    await end(this.printer);
    this.printer = undefined;
  }

  /** From now on a card stays in the printer until `goOn`; meanwhile the printer reports these reasons. */
  hold(...reasons: string[]): void {
    this.say(
      'before',
      reasons.map((reason) => `STATE: +${reason}`),
    );
    this.say(
      'after',
      reasons.map((reason) => `STATE: -${reason}`),
    );
    this.say('hold', []);
  }

  goOn(): void {
    rmSync(join(this.control, 'hold'), { force: true });
  }

  /** The next card ends in an error of the printer. */
  spoilNext(): void {
    this.say('spoil', []);
  }

  /** What it tells while it prints, for example `ATTR: marker-levels=40`. */
  tell(...lines: string[]): void {
    this.say('tells', lines);
  }

  /** Names of the jobs that came out of it, in their order: what physically exists. */
  get printed(): string[] {
    return this.lines('printed');
  }

  /** Names of the jobs whose printing it has begun. */
  get begun(): string[] {
    return this.lines('begun');
  }

  /** The document that it received for a job. */
  received(name: string): Buffer {
    const file = readdirSync(this.spool).find((entry) => entry.includes(name) && entry.endsWith('.pdf'));
    if (file === undefined) throw new Error(`The printer received nothing named ${name}.`);
    return readFileSync(join(this.spool, file));
  }

  /** Switches it off and removes all that it leaves, unless the test wants to look at it (`KEEP_PRINTER`). */
  async remove(): Promise<void> {
    this.goOn();
    await this.switchOff();
    await end(this.bus);
    if (process.env['KEEP_PRINTER'] === undefined)
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private get command(): string {
    return join(this.folder, 'print');
  }

  /**
   * Printing is a shell script that does what files in `control` say. Its first argument ends in `<job id>-<job name>.pdf`.
   * The printer lets it run on when a job is cancelled, so it asks before the card comes out.
   */
  private writeCommand(): void {
    const script = `#!/bin/sh
cd '${this.control}'
job=$(basename "$1" .pdf)
name=\${job#*-}
echo "$name" >> begun
cat tells >&2
[ -f hold ] && cat before >&2
while [ -f hold ]; do sleep 0.05; done
cat after >&2
'${find('ipptool')}' -q -d id="\${job%%-*}" ${this.uri} cancelled && exit 0
rm spoil 2>/dev/null && exit 1
echo "$name" >> printed
`;
    writeFileSync(this.command, script);
    chmodSync(this.command, 0o755);
    this.say('cancelled', [
      '{ OPERATION Get-Job-Attributes',
      'GROUP operation-attributes-tag',
      'ATTR charset attributes-charset utf-8',
      'ATTR language attributes-natural-language en',
      'ATTR uri printer-uri $uri',
      'ATTR integer job-id $id',
      'EXPECT job-state-reasons WITH-VALUE "processing-to-stop-point" }',
    ]);
    for (const name of ['before', 'tells', 'after']) this.say(name, []);
  }

  private say(name: string, lines: readonly string[]): void {
    writeFileSync(join(this.control, name), lines.map((line) => `${line}\n`).join(''));
  }

  private lines(name: string): string[] {
    const path = join(this.control, name);
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  private listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = createConnection(this.port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
