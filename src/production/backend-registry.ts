import type { Knex } from '../kernel/db/database.js';
import type { Logger } from '../kernel/log.js';
import type { ProductionBackend } from './backends/backend.js';
import { makeBackend, type BackendKind } from './backends/backend-kind.js';
import { backendKinds } from './backends/kinds.js';
import type { BackendSecrets } from '../kernel/config.js';
import type { BackendRegistry, BackendRow } from './production-types.js';

/** The adapters of the rows of `backend`, each made once and made again when its row has changed. */
export class StoredBackends implements BackendRegistry {
  private readonly made = new Map<string, { readonly changedAt: number; readonly backend: ProductionBackend | null }>();

  constructor(
    private readonly db: Knex,
    /** Of all backends, by id and name. */
    private readonly secrets: BackendSecrets,
    private readonly log: Logger,
    private readonly kinds: readonly BackendKind[] = backendKinds,
  ) {}

  async all(): Promise<ProductionBackend[]> {
    const rows = await this.db('backend').orderBy('id').select<BackendRow[]>({
      id: 'id',
      name: 'name',
      kind: 'kind',
      settings: 'settings',
      simulated: 'simulated',
      changedAt: 'changed_at',
    });
    return rows.map((row) => this.backendOf(row)).filter((backend) => backend !== null);
  }

  /** Null for a row that no adapter can be made of; said once in the log. */
  private backendOf(row: BackendRow): ProductionBackend | null {
    const changedAt = row.changedAt.getTime();
    const known = this.made.get(row.id);
    if (known?.changedAt === changedAt) return known.backend;
    const backend = this.make(row);
    this.made.set(row.id, { changedAt, backend });
    return backend;
  }

  private make(row: BackendRow): ProductionBackend | null {
    try {
      const kind = this.kinds.find((each) => each.kind === row.kind);
      if (kind === undefined) throw new Error(`there is no adapter of the kind ${row.kind}`);
      return makeBackend(kind, row, this.secrets[row.id] ?? {});
    } catch (error) {
      this.log.error(
        { err: error, backend: row.id },
        'the settings of this card production backend cannot be used; correct them',
      );
      return null;
    }
  }
}
