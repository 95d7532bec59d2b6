import type { HealthPart } from '../../web/health.js';
import type { KeeperState } from './sealing/audit-keeper.js';

/** How sealing of the audit log is, for `/healthz`: down while an alarm waits, since nothing is sealed until then. */
export function auditHealth({ alarm, places, key }: KeeperState): HealthPart {
  if (alarm !== null) {
    const found = alarm.findingCount === 1 ? 'one thing' : `${alarm.findingCount} things`;
    return {
      status: 'down',
      detail: `nothing is sealed since ${alarm.raisedAt.toISOString()}, when ${found} in the audit log were not as they were sealed: verify it, then acknowledge the alarm`,
    };
  }
  const problems = [
    ...places.flatMap(({ name, failing }) =>
      failing === null ? [] : [`no anchor reaches ${name} since ${failing.since.toISOString()} (${failing.message})`],
    ),
    ...(places.length === 0 ? ['no anchors are kept outside the database: set AUDIT_ANCHOR_FILE'] : []),
    ...(key === null ? ['blocks are not signed: set AUDIT_KEYS_FILE'] : []),
  ];
  return problems.length === 0 ? { status: 'up' } : { status: 'up', detail: problems.join('; ') };
}
