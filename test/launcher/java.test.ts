import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJava } from '../../launcher/java.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'launcher-java-'));
});
afterEach(() => rmSync(home, { recursive: true }));

/** A program that answers as this version of Java does. */
function makeJava(specification: string): NodeJS.ProcessEnv {
  const program = join(home, 'bin', 'java');
  mkdirSync(join(home, 'bin'));
  const answer = `    java.home = ${home}\n    java.specification.version = ${specification}`;
  writeFileSync(program, `#!/bin/sh\ncat >&2 <<'END'\n${answer}\nEND\n`);
  chmodSync(program, 0o755);
  return { ...process.env, JAVA_HOME: home };
}

test('the one in JAVA_HOME is found', async () => {
  expect(await findJava(makeJava('21'))).toEqual({ command: join(home, 'bin', 'java'), home });
});

test('the one on the PATH is taken without JAVA_HOME', async () => {
  const { PATH } = makeJava('17');
  await expect(findJava({ PATH: `${join(home, 'bin')}:${PATH}` })).resolves.toMatchObject({ command: 'java', home });
});

test('none at all: one sentence with the cure', async () => {
  await expect(findJava({ PATH: home })).rejects.toThrow(
    /^There is no Java on the PATH: install a JDK 17 or newer .*start again\.$/,
  );
});

test.each(['11', '1.8'])('version %s is too old', async (specification) => {
  await expect(findJava(makeJava(specification))).rejects.toThrow(/is version (11|8): install a JDK 17 or newer/);
});
