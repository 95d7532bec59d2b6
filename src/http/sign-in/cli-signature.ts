import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { groups } from '../../domain/roles.js';
import { CLI_SIGNATURE_HEADER, signRequest, type SignedRequest } from '../../engine/signing.js';
import { ProductError } from '../../errors.js';
import { CONTENT_DIGEST, isContentDigest } from '../content-digest.js';
import type { SignedInUser } from '../signed-in-user.js';

const FORM = /^cli:([A-Za-z0-9_-]{1,400}):(\d{1,15}):[0-9a-f]{64}$/;
/** How far the time of a signature may be from ours, in milliseconds, as at the engine host. */
const TOLERANCE = 30_000;
/** Never an account of the directory, so that the log of changes tells a person signed in from one at the machine. */
const USER = /^cli:[^\p{Cc}]{1,100}$/u;

/**
 * Requests that the command line signs on the machine of the installation: whoever can read its secret there is an
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
   * @throws ProductError `unauthenticated` for a signature that is not ours, is for another request, or is more than 30 s
   *   ago or ahead; `invalid-request` for a change without a digest of its body
   */
  user(request: Request): SignedInUser | null {
    const header = request.get(CLI_SIGNATURE_HEADER);
    if (header === undefined) return null;
    const [, user64 = '', time = ''] = FORM.exec(header) ?? [];
    const user = Buffer.from(user64, 'base64url').toString('utf8');
    if (!this.isOurs(header, request, user, Number(time))) {
      throw refused('The signature of the command is not accepted: is it the data directory of this very installation?');
    }
    if (Math.abs(this.now() - Number(time)) > TOLERANCE) {
      throw refused('The signature of the command is not of the last 30 seconds: correct the clock, then repeat the command.');
    }
    return { id: user, name: user, groups: [groups.admin], roles: new Set(['admin']) };
  }

  private isOurs(header: string, request: Request, user: string, time: number): boolean {
    if (this.secret === null || !USER.test(user) || !request.originalUrl.startsWith('/api/v1/')) return false;
    const digest = request.get(CONTENT_DIGEST);
    const signed: SignedRequest = { user, method: request.method, target: request.originalUrl };
    if (!changesNothing(request)) {
      if (!isContentDigest(digest)) return false;
      return same(header, signRequest({ id: 'cli', secret: this.secret }, { ...signed, contentDigest: digest }, time));
    }
    return same(header, signRequest({ id: 'cli', secret: this.secret }, signed, time));
  }
}
