import type { Request, Response } from 'express';
import { ProductError } from '../../kernel/errors.js';
import type { SignedInUser } from '../signed-in-user.js';
import type { CliSignatures } from './cli-signature.js';
import type { SessionCookie } from './cookies.js';
import type { Directory } from './directory.js';
import type { Credentials, Passwords } from './passwords.js';
import { assertSameSite } from './same-site.js';
import type { SessionStore } from './session-store.js';

/** What desktop programs built on a browser call themselves; no web site can. */
export const DESKTOP_ORIGIN = 'file://';

/** A person together with the token of the session that they came in by. */
export interface OpenSession {
  readonly user: SignedInUser;
  readonly token: string;
}

/** Who sends a request, by session cookie or HTTP Basic; opening and ending of sessions. */
export class SignIn {
  constructor(
    private readonly sessions: SessionStore,
    private readonly directory: Directory,
    private readonly passwords: Passwords,
    private readonly cookie: SessionCookie,
    private readonly publicOrigin: string,
    private readonly cli: CliSignatures,
  ) {}

  /**
   * The person behind a request, for interfaces that programs use: a signature of the command line or HTTP Basic where
   * one is sent, else the session.
   * @throws ProductError `unauthenticated`, `cross-site`, `too-many-attempts`, `engine-unavailable`
   */
  async authenticate(request: Request): Promise<SignedInUser> {
    const atMachine = this.cli.user(request);
    if (atMachine !== null) return atMachine;
    const { authorization } = request.headers;
    if (authorization === undefined) return (await this.session(request)).user;
    if (request.get('sec-fetch-site') === 'cross-site') assertSameSite(request, this.publicOrigin);
    return this.byPassword(request, authorization);
  }

  /**
   * The person behind a request of a desktop program, which signs each with HTTP Basic and never has a session.
   * @throws ProductError `unauthenticated`, `cross-site`, `too-many-attempts`, `engine-unavailable`
   */
  async atDesktop(request: Request): Promise<SignedInUser> {
    const { authorization, origin } = request.headers;
    if (authorization === undefined) throw new ProductError('unauthenticated', 'Send HTTP Basic credentials.');
    // A program may be a browser inside, as Camunda Modeler is; what a site sends always names the site.
    if (origin !== undefined && origin !== DESKTOP_ORIGIN) assertSameSite(request, this.publicOrigin);
    return this.byPassword(request, authorization);
  }

  private async byPassword(request: Request, authorization: string): Promise<SignedInUser> {
    const credentials = basicCredentials(authorization);
    await this.passwords.verifyOften(credentials, addressOf(request));
    const user = await this.directory.person(credentials.account);
    if (user === null) throw new ProductError('unauthenticated', 'The account or the password is wrong.');
    return user;
  }

  /**
   * The session of a request; changes are taken from our own pages only.
   * @throws ProductError `unauthenticated`, `cross-site`, `engine-unavailable`
   */
  async session(request: Request): Promise<OpenSession> {
    const session = await this.findSession(request);
    if (session === null) throw new ProductError('unauthenticated', 'Sign in first; the session may have ended.');
    assertSameSite(request, this.publicOrigin);
    return session;
  }

  /** The session of a request, or null; says nothing about where the request comes from. */
  async findSession(request: Request): Promise<OpenSession | null> {
    const token = this.cookie.read(request);
    const account = token === null ? null : await this.sessions.accountOf(token);
    const user = account === null ? null : await this.directory.person(account);
    return token === null || user === null ? null : { user, token };
  }

  /**
   * Verifies the password, ends the browser's former session and opens a new one.
   * @throws ProductError `unauthenticated`, `cross-site`, `too-many-attempts`, `engine-unavailable`
   */
  async open(request: Request, response: Response, credentials: Credentials): Promise<void> {
    assertSameSite(request, this.publicOrigin);
    await this.passwords.verify(credentials, addressOf(request));
    this.directory.forget(credentials.account);
    const former = this.cookie.read(request);
    if (former !== null) await this.sessions.close(former);
    this.cookie.write(response, await this.sessions.open(credentials.account));
  }

  /** Ends the session everywhere: pages, interface and web applications. @throws ProductError `cross-site` */
  async close(request: Request, response: Response): Promise<void> {
    assertSameSite(request, this.publicOrigin);
    const token = this.cookie.read(request);
    if (token !== null) await this.sessions.close(token);
    this.cookie.clear(response);
  }
}

function addressOf(request: Request): string {
  return request.ip ?? 'unknown';
}

/** @throws ProductError `unauthenticated` for anything but well-formed HTTP Basic */
function basicCredentials(header: string): Credentials {
  const [, encoded] = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(header) ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 1) throw new ProductError('unauthenticated', 'Send HTTP Basic credentials or a session cookie.');
  return { account: text.slice(0, at), password: text.slice(at + 1) };
}
