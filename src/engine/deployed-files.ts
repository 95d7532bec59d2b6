import { extname } from 'node:path';
import type { EngineClient } from './client.js';

export interface DeployedFile {
  readonly name: string;
  readonly content: string;
}

/** What was deployed together with a definition. It never changes, so each is read once. */
export class DeployedFiles {
  private readonly known = new Map<string, Promise<readonly DeployedFile[]>>();

  constructor(
    private readonly engine: EngineClient,
    private readonly user: string,
  ) {}

  /**
   * The diagrams and forms that were deployed together with a definition, by name.
   * @throws EngineError 404 for an unknown definition
   */
  get(definitionId: string): Promise<readonly DeployedFile[]> {
    const known = this.known.get(definitionId);
    if (known !== undefined) return known;
    const read = this.read(definitionId);
    this.known.set(definitionId, read);
    read.catch(() => this.known.delete(definitionId));
    return read;
  }

  private async read(definitionId: string): Promise<readonly DeployedFile[]> {
    const { deploymentId } = await this.engine.call<{ deploymentId: string }>({
      user: this.user,
      path: `/process-definition/${encodeURIComponent(definitionId)}`,
    });
    const base = `/deployment/${encodeURIComponent(deploymentId)}/resources`;
    const resources = await this.engine.call<{ id: string; name: string }[]>({ user: this.user, path: base });
    const texts = resources.filter(({ name }) => ['.bpmn', '.form'].includes(extname(name)));
    const files = await Promise.all(
      texts.map(async ({ id, name }) => {
        const path = `${base}/${encodeURIComponent(id)}/data`;
        const { body } = await this.engine.raw({ user: this.user, path });
        return { name, content: body.toString('utf8') };
      }),
    );
    return files.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
