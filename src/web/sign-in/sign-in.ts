import type { Request, Response } from 'express';
import { isProductError, ProductError } from '../../kernel/errors.js';
import type { Role } from '../../domain/roles.js';
import type { SignedInUser } from '../signed-in-user.js';
import { callerOf } from './caller.js';
import type { CliSignatures } from './cli-signature.js';
import { writeDeviceToken, type SessionCookie } from './cookies.js';
import type { Identity } from './identity.js';
import type { Credentials } from './passwords.js';
import { assertSameSite } from './same-site.js';
import type { SessionStage } from './session-store.js';

/** What desktop programs built on a browser call themselves; no web site can. */
export const DESKTOP_ORIGIN = 'file://';

/** A person together with the session that they came in by. */
export interface OpenSession {
  readonly user: SignedInUser;
  readonly token: string;
  readonly id: string;
}

/** Who sends a request, by session cookie or HTTP Basic; opening and ending of sessions. */
export class SignIn {
  constructor(
    private readonly identity: Identity,
    private readonly cookie: SessionCookie,
    private readonly publicOrigin: string,
    private readonly cli: CliSignatures,
  ) {}

  /**
   * The person behind a request, for interfaces that programs use: a signature of the command line or HTTP Basic where
   * one is sent, else the session.
   * @throws ProductError `unauthenticated`, `signature-refused`, `cross-site`, `too-many-attempts`, `engine-unavailable`
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
    const { passwords, directory } = this.identity;
    await passwords.verifyOften(credentials, callerOf(request), () => this.assertNoFactor(credentials.account));
    const user = await directory.person(credentials.account);
    if (user === null) throw new ProductError('unauthenticated', 'The account or the password is wrong.');
    return user;
  }

  /** HTTP Basic carries no second factor. @throws ProductError `second-factor-needed` */
  private async assertNoFactor(account: string): Promise<void> {
    const user = await this.identity.directory.person(account);
    if (user === null || (await this.identity.factors.stageFor(account, user.roles)) === 'open') return;
    throw new ProductError(
      'second-factor-needed',
      'This account signs in with a second factor, which HTTP Basic cannot carry: sign in on the pages and use their session, ' +
        'or the command line on the machine of the installation. A program needs an account of its own without one.',
    );
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
    const session = token === null ? null : await this.identity.sessions.find(token);
    const user = session === null ? null : await this.identity.directory.person(session.account);
    if (token === null || session === null || user === null) return null;
    const { id, secondFactor, accountNeedsFactor, rolesWithFactor } = session;
    const needsFactor = accountNeedsFactor || rolesWithFactor.some((role) => user.roles.has(role as Role));
    return needsFactor && !secondFactor ? null : { user, token, id };
  }

  /**
   * Verifies the password, ends the browser's former session and opens a new one: for good, or waiting for the second
   * factor.
   * @throws ProductError `unauthenticated`, `cross-site`, `too-many-attempts`, `engine-unavailable`
   */
  async open(request: Request, response: Response, credentials: Credentials): Promise<SessionStage> {
    assertSameSite(request, this.publicOrigin);
    const { passwords, directory, factors } = this.identity;
    const { account } = credentials;
    const device = await passwords.verify(credentials, { ...callerOf(request), basic: false });
    directory.forget(account);
    const user = await directory.person(account);
    if (user === null) throw new ProductError('unauthenticated', 'The account or the password is wrong.');
    const stage = await factors.stageFor(account, user.roles);
    await this.begin(request, response, account, stage, false);
    if (device !== null) writeDeviceToken(response, device, this.cookie.secure);
    return stage;
  }

  /** Whose sign-in waits for a second factor in this browser, or null. */
  async waiting(request: Request): Promise<{ readonly account: string; readonly stage: SessionStage } | null> {
    const token = this.cookie.read(request);
    return token === null ? null : this.identity.sessions.findWaiting(token);
  }

  /**
   * Opens the session that waits for a code.
   * @throws ProductError `second-factor-wrong`, `too-many-attempts`, `cross-site`, `unauthenticated` where none waits
   */
  async takeCode(request: Request, response: Response, code: string): Promise<void> {
    const account = await this.waitingFor(request, 'code');
    await this.judged(request, account, this.identity.factors.take(account, code));
    await this.begin(request, response, account, 'open', true);
  }

  /**
   * Confirms a second factor that had to be set up at this sign-in, and opens the session.
   * @returns recovery codes
   * @throws ProductError `second-factor-wrong`, `too-many-attempts`, `cross-site`, `unauthenticated` where none waits
   */
  async enrol(request: Request, response: Response, code: string): Promise<readonly string[]> {
    const account = await this.waitingFor(request, 'enrolment');
    const { factors, changes, security } = this.identity;
    const codes = await this.judged(request, account, factors.confirm(account, code));
    await changes.announce(account);
    const { address, requestId } = callerOf(request);
    await security.record('second-factor-changed', {
      account,
      address,
      requestId,
      own: true,
      details: { way: 'enrolled' },
    });
    await this.begin(request, response, account, 'open', true);
    return codes;
  }

  private async waitingFor(request: Request, stage: SessionStage): Promise<string> {
    assertSameSite(request, this.publicOrigin);
    const waiting = await this.waiting(request);
    if (waiting?.stage !== stage) throw new ProductError('unauthenticated', 'Sign in again: it took too long.');
    return waiting.account;
  }

  private async judged<T>(request: Request, account: string, judging: Promise<T>): Promise<T> {
    return judging.catch(async (raw: unknown) => {
      const { address, requestId } = callerOf(request);
      const event = { account, address, requestId };
      if (isProductError(raw, 'second-factor-wrong'))
        await this.identity.security.record('second-factor-failed', event);
      if (isProductError(raw, 'too-many-attempts')) await this.identity.security.record('sign-in-locked', event);
      throw raw;
    });
  }

  private async begin(
    request: Request,
    response: Response,
    account: string,
    stage: SessionStage,
    secondFactor: boolean,
  ): Promise<void> {
    const { sessions, security } = this.identity;
    const caller = callerOf(request);
    const former = this.cookie.read(request);
    if (former !== null) await sessions.close(former);
    this.cookie.write(response, await sessions.open(account, caller, stage, secondFactor));
    if (stage !== 'open') return;
    const { address, requestId } = caller;
    await security.record('signed-in', { account, address, requestId, details: { secondFactor } });
  }

  /** Ends the session everywhere: pages, interface and web applications. @throws ProductError `cross-site` */
  async close(request: Request, response: Response): Promise<void> {
    assertSameSite(request, this.publicOrigin);
    const { sessions, security } = this.identity;
    const token = this.cookie.read(request);
    const session = token === null ? null : await sessions.find(token);
    if (token !== null) await sessions.close(token);
    this.cookie.clear(response);
    if (session === null) return;
    const { address, requestId } = callerOf(request);
    await security.record('signed-out', { account: session.account, address, requestId });
  }
}

/** @throws ProductError `unauthenticated` for anything but well-formed HTTP Basic */
function basicCredentials(header: string): Credentials {
  const [, encoded] = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(header) ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 1) throw new ProductError('unauthenticated', 'Send HTTP Basic credentials or a session cookie.');
  return { account: text.slice(0, at), password: text.slice(at + 1) };
}
