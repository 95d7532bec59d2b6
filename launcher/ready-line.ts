import { canBegin, useCaseIds, useCases } from '../src/process/contract/use-cases.js';
import type { UseCaseState } from './messages.js';

/**
 * The last line of a start: the address and what to do next.
 * @param dataDirectory DATA_DIR where it is not the default, for the command to work as printed
 */
export function readyLine(url: string, states: readonly UseCaseState[], dataDirectory: string | null): string {
  const enabled = states.filter((state) => canBegin([state]));
  if (enabled.length === 0) {
    return `Ready at ${url} — no use case is enabled yet and at least one must be: ${enableCommand(dataDirectory)}`;
  }
  const list = enabled.map(({ id, variant }) => {
    const name = useCaseIds.find((known) => known === id);
    return `${name === undefined ? id : useCases[name].name} is enabled${variant === null ? '' : ` (${variant.replaceAll('-', ' ')})`}`;
  });
  return `Ready at ${url} — ${list.join(', ')}: sign in as operator to request a card.`;
}

function enableCommand(dataDirectory: string | null): string {
  const first = 'request-card';
  const setting = dataDirectory === null ? '' : `DATA_DIR='${dataDirectory}' `;
  return `${setting}npm run cards -- use-case enable ${first} --variant ${useCases[first].firstVariant}`;
}
