import type { EngineClient } from '../../engine/client.js';
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
      // A query, not a path: an account's name may hold characters that no path may.
      const [profile] = await engine.call<EngineProfile[]>({ user, path: '/user', query: { id: account } });
      return profile === undefined ? null : addressOf(profile);
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
