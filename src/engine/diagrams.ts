import { readDiagram, type Diagram } from '../process/diagram.js';
import type { EngineClient } from './client.js';

/** The diagrams of deployed definitions. A definition never changes, so each is read once. */
export class DeployedDiagrams {
  private readonly known = new Map<string, Promise<Diagram>>();

  constructor(
    private readonly engine: EngineClient,
    private readonly user: string,
  ) {}

  /** @throws EngineError 404 for an unknown definition, DiagramError for one that is not ours */
  get(definitionId: string): Promise<Diagram> {
    const known = this.known.get(definitionId);
    if (known !== undefined) return known;
    const read = this.read(definitionId);
    this.known.set(definitionId, read);
    read.catch(() => this.known.delete(definitionId));
    return read;
  }

  private async read(definitionId: string): Promise<Diagram> {
    const { bpmn20Xml } = await this.engine.call<{ bpmn20Xml: string }>({
      user: this.user,
      path: `/process-definition/${encodeURIComponent(definitionId)}/xml`,
    });
    return readDiagram(bpmn20Xml);
  }
}
