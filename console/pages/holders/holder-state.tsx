import type { HolderBody } from '../../../src/directory/holders/holder-routes.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';

export function HolderStateBadge({ state }: Pick<HolderBody, 'state'>) {
  return <Badge text={texts.holders.states[state]} tone={state === 'active' ? 'good' : 'plain'} />;
}
