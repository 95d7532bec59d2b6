import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { StartFailure } from './start-failure.js';

export interface Java {
  /** The program to run. */
  readonly command: string;
  /** What JAVA_HOME is for it. */
  readonly home: string;
}

const OLDEST = 17;
const cure = `install a JDK ${OLDEST} or newer (for example the package openjdk-${OLDEST}-jdk-headless or one from adoptium.net)`;

/**
 * Finds Java in JAVA_HOME, else on the PATH. Whether it can also compile is for the build to find out, when there is one.
 * @throws StartFailure when there is none or it is too old
 */
export async function findJava(env: NodeJS.ProcessEnv): Promise<Java> {
  const command = env['JAVA_HOME'] ? join(env['JAVA_HOME'], 'bin', 'java') : 'java';
  const where = env['JAVA_HOME'] ? `in JAVA_HOME (${env['JAVA_HOME']})` : 'on the PATH';
  const settings = await readSettings(command, env);
  const home = /^\s*java\.home = (.+)$/m.exec(settings)?.[1]?.trim();
  const version = majorVersion(/^\s*java\.specification\.version = (.+)$/m.exec(settings)?.[1] ?? '');
  if (home === undefined || version === 0)
    throw new StartFailure(`There is no Java ${where}: ${cure}, and start again.`);
  if (version < OLDEST) {
    throw new StartFailure(`The Java ${where} is version ${version}: ${cure} and let JAVA_HOME point to it.`);
  }
  return { command, home };
}

/** `1.8` → 8, `17` → 17; 0 when there is none. */
function majorVersion(specification: string): number {
  return Number.parseInt(specification.trim().replace(/^1\./, ''), 10) || 0;
}

/** Java writes its properties to standard error; no answer at all is an empty text. */
async function readSettings(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, ['-XshowSettings:properties', '-version'], { env, timeout: 30_000 }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
}
