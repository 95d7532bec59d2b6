import { transform } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

interface LoopDeps {
  /** Folder of the sources. */
  readonly sources: string;
  /** Folder of the program that runs. */
  readonly compiled: string;
  /** Puts a new worker in the place of the one that runs. */
  readonly reload: () => Promise<void>;
  readonly tell: (line: string) => void;
}

/**
 * Compiles what is saved of the workers and reloads the worker. Types are only stripped, as in tests: `npm run types`
 * and the next `npm start` check them.
 */
export class WorkerLoop {
  constructor(private readonly deps: LoopDeps) {}

  /**
   * @param names of the files that were saved, relative to the sources
   * @param since when the first of them was (`performance.now()`)
   */
  async changed(names: readonly string[], since: number): Promise<void> {
    const { reload, tell } = this.deps;
    try {
      const compiled = await Promise.all(names.map((name) => this.compile(name)));
      for (const { path, code } of compiled) {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, code);
      }
      await reload();
      tell(
        `The worker runs ${names.join(', ')}, ${((performance.now() - since) / 1_000).toFixed(1)} s after it was saved.`,
      );
    } catch (raw) {
      tell(`${names.join(', ')}: ${raw instanceof Error ? raw.message.trimEnd() : String(raw)}`);
      tell('The previous worker keeps running.');
    }
  }

  private async compile(name: string): Promise<{ path: string; code: string }> {
    const source = await readFile(join(this.deps.sources, name), 'utf8');
    const { code } = await transform(source, {
      loader: 'ts',
      format: 'esm',
      target: 'es2022',
      sourcemap: 'inline',
      sourcefile: name,
    });
    return { path: join(this.deps.compiled, name.replace(/\.ts$/, '.js')), code };
  }
}
