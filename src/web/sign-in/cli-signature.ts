import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { groups } from '../../domain/roles.js';
import { CONTENT_DIGEST, isContentDigest } from '../../engine/content-digest.js';
import { CLI_SIGNATURE_HEADER, signRequest } from '../../engine/signing.js';
import { ProductError } from '../../kernel/errors.js';
import type { SignedInUser } from '../signed-in-user.js';

const FORM = /^cli:([A-Za-z0-9_-]{1,400}):(\d{1,15}):[0-9a-f]{64}$/;
/** How far the time of a signature may be from ours, in milliseconds; as at the engine host. */
const TOLERANCE = 30_000;
/** Never an account of the directory, so that the log distinguishes who signed in from who was at the machine. */
const USER = /^cli:[^\p{Cc}]{1,100}$/u;

/** Whether it was the command line of the machine that asked, and no person who signed in. */
export function isFromCommandLine({ id }: Pick<SignedInUser, 'id'>): boolean {
  return USER.test(id);
}

/**
 * Requests that the command line signs on the machine of the installation: a person who can read its secret there is an
 * administrator. See docs/decisions/command-line.md.
 */
export class CliSignatures {
  /**
   * @param secret null where the server has none; then every signed request is refused
   * @param now clock in milliseconds
   */
  constructor(
    private readonly secret: string | null,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * The administrator who signed a request to the interface, or null for a request without such a signature.
   * @throws ProductError `signature-refused` for a signature that is not ours, is for another request or another body, or
   *   is more than 30 s ago or ahead
   */
  user(request: Request): SignedInUser | null {
    const header = request.get(CLI_SIGNATURE_HEADER);
    if (header === undefined) return null;
    if (this.secret === null) throw refused('This server takes no signed commands: sign in with --user.');
    const [, encodedUser = '', digits = ''] = FORM.exec(header) ?? [];
    const user = Buffer.from(encodedUser, 'base64url').toString('utf8');
    const time = Number(digits);
    if (!mayBeSigned(request, user) || !isSame(header, this.signature(this.secret, request, user, time))) {
      throw refused('The signature of the command is not accepted: use the data directory of this very installation.');
    }
    if (Math.abs(this.now() - time) > TOLERANCE) {
      throw refused('The signature of the command is older than 30 seconds: repeat the command.');
    }
    return { id: user, name: user, groups: [groups.admin], roles: new Set(['admin']) };
  }

  private signature(secret: string, request: Request, user: string, time: number): string {
    const contentDigest = request.get(CONTENT_DIGEST);
    const digest = contentDigest === undefined ? {} : { contentDigest };
    const signed = { user, method: request.method, target: request.originalUrl, ...digest };
    return signRequest({ id: 'cli', secret }, signed, time);
  }
}

/** Only for our own interface, and what changes something only with a digest that its body is compared with. */
function mayBeSigned(request: Request, user: string): boolean {
  const changes = !['GET', 'HEAD'].includes(request.method);
  if (changes && !isContentDigest(request.get(CONTENT_DIGEST))) return false;
  return USER.test(user) && request.originalUrl.startsWith('/api/v1/');
}

function isSame(header: string, expected: string): boolean {
  const [one, other] = [Buffer.from(header), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function refused(sentence: string): ProductError {
  return new ProductError('signature-refused', sentence);
}
