import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ApiClient } from '../../src/cli/api-client.js';
import { CliFailure } from '../../src/cli/failures.js';

const deployment = z.looseObject({
  processes: z.array(
    z.looseObject({
      processKey: z.string(),
      version: z.number(),
      state: z.enum(['unchanged', 'choosable', 'waits-for-release', 'live']),
      useCase: z.string().nullable(),
      variant: z.string().nullable(),
      sentence: z.string(),
    }),
  ),
});
type DeployedProcess = z.infer<typeof deployment>['processes'][number];

interface LoopDeps {
  /** Folder of diagrams and forms. */
  readonly folder: string;
  readonly api: ApiClient;
  readonly tell: (line: string) => void;
}

/** Deploys what is saved, through the gate like everybody else, and releases new versions of variants in use. */
export class DiagramLoop {
  constructor(private readonly deps: LoopDeps) {}

  /**
   * Deploys changed diagrams, and the diagrams of changed forms. Errors are shown.
   * @param names of the files that were saved
   * @param since when the first of them was (`performance.now()`)
   */
  async changed(names: readonly string[], since: number): Promise<void> {
    const { api, tell } = this.deps;
    try {
      const files = await this.filesOf(names);
      if (files.length === 0) return;
      const { processes } = await api.call({ method: 'POST', path: '/deployments', body: { files } }, deployment);
      for (const process of processes) tell(await this.outcome(process, since));
    } catch (raw) {
      tell(`${names.join(', ')}: ${raw instanceof CliFailure ? wordsOf(raw) : String(raw)}`);
    }
  }

  /** Changed diagrams and those that refer to a changed form, each with the forms of the folder that it refers to. */
  private async filesOf(names: readonly string[]): Promise<{ name: string; content: string }[]> {
    const { folder } = this.deps;
    const all = (await readdir(folder)).filter((name) => /\.(bpmn|form)$/.test(name));
    const contents = new Map(
      await Promise.all(all.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
    );
    const refersTo = (diagram: string, form: string): boolean =>
      contents.get(diagram)?.includes(`camunda:formRef="${form.replace(/\.form$/, '')}"`) === true;
    const diagrams = all.filter(
      (name) =>
        name.endsWith('.bpmn') &&
        names.some((saved) => saved === name || (saved.endsWith('.form') && refersTo(name, saved))),
    );
    const forms = all.filter((name) => name.endsWith('.form') && diagrams.some((diagram) => refersTo(diagram, name)));
    return [...diagrams, ...forms].map((name) => ({ name, content: contents.get(name) ?? '' }));
  }

  private async outcome(process: DeployedProcess, since: number): Promise<string> {
    const { processKey, version, state, sentence } = process;
    if (state === 'unchanged' || state === 'choosable') return sentence;
    if (state === 'waits-for-release') await this.release(process);
    const seconds = ((performance.now() - since) / 1_000).toFixed(1);
    return `${processKey} version ${version} is in Tasklist, ${seconds} s after it was saved.`;
  }

  private async release({ useCase, variant, version }: DeployedProcess): Promise<void> {
    const path = `/use-cases/${encodeURIComponent(useCase ?? '')}/release`;
    await this.deps.api.call(
      { method: 'POST', path, body: { variant, version, reason: 'Saved while developing' } },
      z.unknown(),
    );
  }
}

/** A refusal keeps its lines: one for each element with what is wrong. */
function wordsOf(failure: CliFailure): string {
  const { problem } = failure as { readonly problem?: Readonly<Record<string, unknown>> };
  return typeof problem?.['detail'] === 'string' ? problem['detail'] : failure.message;
}
