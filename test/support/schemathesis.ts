import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Exact, so that the same seed makes the same calls everywhere. */
const version = '4.32.5';
const home = fileURLToPath(new URL(`../../node_modules/.cache/schemathesis-${version}/`, import.meta.url));
const program = `${home}bin/schemathesis`;

/**
 * Installs Schemathesis into an environment of its own, where there is a Python.
 * @returns false, with a loud message, where there is none; in CI Debian's is installed instead
 */
export function installSchemathesis(): boolean {
  if (existsSync(program)) return true;
  try {
    makeEnvironment();
  } catch (error) {
    if (process.env['CI'] === undefined) {
      process.stderr.write(
        `\n*** NOT TESTED: the API against its OpenAPI file. Needs Python 3 with venv and pip (${String(error)}) ***\n\n`,
      );
      return false;
    }
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    execFileSync('apt-get', ['install', '-y', '-qq', 'python3-venv'], { stdio: 'inherit' });
    makeEnvironment();
  }
  return true;
}

function makeEnvironment(): void {
  execFileSync('python3', ['-m', 'venv', '--clear', home], { stdio: ['ignore', 'ignore', 'pipe'] });
  execFileSync(`${home}bin/pip`, ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${version}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

export interface ApiRun {
  /** Address of the OpenAPI file. */
  readonly openapi: string;
  readonly account: string;
  readonly password: string;
  /** Calls made up for each operation. */
  readonly examples: number;
  readonly seed: number;
  /** Operation ids or paths (regular expression) that are left out. */
  readonly except?: string;
}

/** Calls every operation of an OpenAPI file with right and wrong data; what it found is in `report`. */
export async function runSchemathesis({
  openapi,
  account,
  password,
  examples,
  seed,
  except,
}: ApiRun): Promise<{ found: boolean; report: string }> {
  const checks = [
    'not_a_server_error',
    'status_code_conformance',
    'content_type_conformance',
    'response_schema_conformance',
  ];
  const child = spawn(
    program,
    [
      'run',
      openapi,
      '--auth',
      `${account}:${password}`,
      '--checks',
      checks.join(','),
      '--max-examples',
      String(examples),
      '--seed',
      String(seed),
      '--phases',
      'examples,coverage,fuzzing',
      '--continue-on-failure',
      '--request-timeout',
      '30',
      '--suppress-health-check',
      'all',
      '--no-color',
      ...(except === undefined ? [] : ['--exclude-path-regex', except]),
    ],
    // It keeps notes of its own where it runs.
    {
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HYPOTHESIS_STORAGE_DIRECTORY: `${home}hypothesis` },
    },
  );
  let report = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (report += chunk.toString('utf8')));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { found: code !== 0, report };
}
