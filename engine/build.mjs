/**
 * Builds the engine host when its sources have changed: `node engine/build.mjs`, or `buildEngineHost` from a program.
 * Plain JavaScript on the standard library alone: it runs before anything else is compiled.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const home = fileURLToPath(new URL('.', import.meta.url));
const target = join(home, 'target');
const stampFile = join(target, 'engine-host.sha256');
const windows = process.platform === 'win32';
const oldestJdk = 17;
const jdkCure = `Install a JDK ${oldestJdk} or newer, for example apt install openjdk-${oldestJdk}-jdk-headless, or set JAVA_HOME.`;

/** What `buildEngineHost` makes. */
export const engineHostJar = join(target, 'engine-host.jar');

/**
 * Makes `engine/target/engine-host.jar` agree with its sources. Does nothing when it does already; otherwise takes seconds, and
 * the first time on a machine up to two minutes, for Maven fetches itself and the engine. Safe to run twice at once.
 * @param {{ onProgress?: (text: string) => void }} [options] `onProgress` gets short texts for the person who waits
 * @returns {Promise<string>} path of the jar
 * @throws Error with a sentence or two for that person: what is missing and the cure, or where the build's log is
 */
export async function buildEngineHost({ onProgress = () => {} } = {}) {
  const stamp = sourceStamp();
  if (existsSync(engineHostJar) && readText(stampFile) === stamp) return engineHostJar;
  await requireJdk();
  mkdirSync(target, { recursive: true });
  removeLeftovers();
  const workshop = mkdtempSync(join(target, 'build-'));
  onProgress('looking for Maven');
  const maven = await findMaven(onProgress);
  onProgress('building');
  await runMaven(maven, workshop, onProgress);
  renameSync(join(workshop, 'engine-host.jar'), engineHostJar);
  writeFileSync(stampFile, stamp);
  rmSync(workshop, { recursive: true, force: true });
  return engineHostJar;
}

/** SHA-256 over names and contents of everything the jar is made from. */
function sourceStamp() {
  const sources = readdirSync(join(home, 'src'), { recursive: true }).map((name) => join('src', name));
  const hash = createHash('sha256');
  for (const name of ['pom.xml', ...sources].sort()) {
    if (statSync(join(home, name)).isFile()) hash.update(`${name}\0`).update(readFileSync(join(home, name)));
  }
  return hash.digest('hex');
}

async function requireJdk() {
  const javaHome = process.env.JAVA_HOME;
  const javac = javaHome ? join(javaHome, 'bin', 'javac') : 'javac';
  let version;
  try {
    version = (await promisify(execFile)(javac, ['-version'])).stdout.trim();
  } catch (cause) {
    const where = javaHome ? `in JAVA_HOME (${javaHome})` : 'on the PATH';
    throw new Error(`The process engine needs a Java compiler and there is none ${where}. ${jdkCure}`, { cause });
  }
  if (Number(/\d+/.exec(version)?.[0]) < oldestJdk) {
    throw new Error(`The process engine needs Java ${oldestJdk} and this is ${version}. ${jdkCure}`);
  }
}

/** The wrapper takes Maven from Maven Central; where it cannot, an installed Maven does as well. */
async function findMaven(onProgress) {
  const wrapper = join(home, windows ? 'mvnw.cmd' : 'mvnw');
  try {
    return await working(wrapper);
  } catch (wrapperFailure) {
    try {
      const installed = await working('mvn');
      onProgress('Maven could not be fetched, so the installed one is used');
      return installed;
    } catch {
      throw new Error(
        `Maven could not be fetched from Maven Central (${lastLine(wrapperFailure)}), and none is installed. ` +
          'Let this machine reach repo.maven.apache.org, or install Maven 3.8 or newer, for example apt install maven.',
        { cause: wrapperFailure },
      );
    }
  }
}

async function working(command) {
  await promisify(execFile)(command, ['--version'], { cwd: home, shell: windows });
  return command;
}

async function runMaven(command, workshop, onProgress) {
  const logFile = join(workshop, 'maven.log');
  const log = createWriteStream(logFile);
  const maven = spawn(command, ['--batch-mode', `-Dworkshop.directory=${workshop}`, 'package'], {
    cwd: home,
    shell: windows,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  maven.stderr.pipe(log, { end: false });
  const lines = [];
  let fetched = 0;
  const exited = once(maven, 'close');
  for await (const line of createInterface({ input: maven.stdout })) {
    log.write(`${line}\n`);
    if (line.includes('Downloaded from')) {
      fetched += 1;
      if (fetched % 50 === 0) onProgress(`building, ${fetched} files fetched`);
    } else if (line.startsWith('[ERROR]')) lines.push(line);
  }
  const [code] = await exited;
  log.end();
  if (code !== 0) {
    throw new Error(`The process engine could not be built. Maven's log is ${logFile}; it says:\n${lines.slice(0, 6).join('\n')}`);
  }
}

/** A build that was killed leaves its directory, one that failed its log; both have served their purpose after an hour. */
function removeLeftovers() {
  for (const name of readdirSync(target).filter((entry) => entry.startsWith('build-'))) {
    const path = join(target, name);
    if (Date.now() - statSync(path).mtimeMs > 3_600_000) rmSync(path, { recursive: true, force: true });
  }
}

function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function lastLine(failure) {
  return String(failure.stderr || failure.message).trim().split('\n').at(-1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${await buildEngineHost({ onProgress: (text) => process.stderr.write(`${text}\n`) })}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
