import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const engine = fileURLToPath(new URL('../../engine/', import.meta.url));
const parts = ['build.mjs', 'pom.xml', 'src', 'mvnw', '.mvn', 'target/engine-host.jar', 'target/engine-host.sha256'];

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'engine-build-'));
  for (const part of parts) await cp(join(engine, part), join(copy, part), { recursive: true });
}, 60_000);
afterAll(() => rm(copy, { recursive: true }));

function build(env: NodeJS.ProcessEnv): Promise<{ code: number; output: string; errors: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(copy, 'build.mjs')], { env }, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, errors });
    });
  });
}

test('sources that have not changed need neither Java nor Maven', async () => {
  expect(await build({ PATH: '/nowhere' })).toEqual({
    code: 0,
    output: `${join(copy, 'target/engine-host.jar')}\n`,
    errors: '',
  });
});

describe('sources that have changed', () => {
  beforeAll(() => writeFile(join(copy, 'src/main/resources/note.txt'), 'changed'));

  test('need a compiler', async () => {
    const { code, errors } = await build({ PATH: '/nowhere' });
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^The process engine needs a Java compiler and there is none on the PATH\. Install a JDK 17 or newer, .+\n$/,
    );
  });

  test('need one where JAVA_HOME says there is one', async () => {
    const { code, errors } = await build({ ...process.env, JAVA_HOME: '/nowhere' });
    expect(code).toBe(1);
    expect(errors).toContain('none in JAVA_HOME (/nowhere). Install a JDK 17 or newer');
  });

  test('need one that is new enough', async () => {
    const javac = join(copy, 'old/bin/javac');
    await mkdir(join(copy, 'old/bin'), { recursive: true });
    await writeFile(javac, '#!/bin/sh\necho javac 11.0.2\n');
    await chmod(javac, 0o755);
    const { code, errors } = await build({ ...process.env, JAVA_HOME: join(copy, 'old') });
    expect(code).toBe(1);
    expect(errors).toContain('needs Java 17 and this is javac 11.0.2. Install a JDK 17 or newer');
  });
});
