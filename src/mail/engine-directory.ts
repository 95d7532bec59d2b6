import { isEngineError, type EngineClient } from '../engine/client.js';
import type { MailDirectory } from './mail-types.js';

interface EngineProfile {
  readonly id: string;
  readonly email: string | null;
}

/**
 * The engine's identity service as the directory of mail addresses.
 * @param user account in whose name the engine is asked
 */
export function engineDirectory(engine: EngineClient, user: string): MailDirectory {
  return {
    emailOf: async (account) => {
      try {
        const profile = await engine.call<EngineProfile>({ user, path: `/user/${encodeURIComponent(account)}/profile` });
        return addressOf(profile);
      } catch (raw) {
        if (isEngineError(raw, 404)) return null;
        throw raw;
      }
    },
    membersOf: async (group) => {
      const members = await engine.call<EngineProfile[]>({ user, path: '/user', query: { memberOfGroup: group } });
      return members.map((member) => ({ account: member.id, email: addressOf(member) }));
    },
  };
}

function addressOf({ email }: EngineProfile): string | null {
  const address = email?.trim() ?? '';
  return address === '' ? null : address;
}
