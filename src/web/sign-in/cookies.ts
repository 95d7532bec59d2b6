import type { IncomingMessage } from 'node:http';
import type { CookieOptions, Response } from 'express';

/** Cookies of the engine's web applications; they may not outlive the sign-in that they were made in. */
export const WEBAPP_COOKIES = ['JSESSIONID', 'XSRF-TOKEN'] as const;

/** The cookies of a request as sent: names with undecoded values, in order. */
export function cookiesOf(request: IncomingMessage): [name: string, value: string][] {
  const parts = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  return parts.flatMap((part): [string, string][] => {
    const at = part.indexOf('=');
    return at < 1 ? [] : [[part.slice(0, at), part.slice(at + 1)]];
  });
}

/** The cookie that carries a session's token. Behind https it is bound to this host and never sent in the clear. */
export class SessionCookie {
  readonly name: string;
  private readonly options: CookieOptions;

  /** @param secure true when people reach the server by https */
  constructor(secure: boolean) {
    this.name = secure ? '__Host-card-session' : 'card-session';
    this.options = { httpOnly: true, sameSite: 'lax', path: '/', secure };
  }

  read(request: IncomingMessage): string | null {
    return cookiesOf(request).find(([name]) => name === this.name)?.[1] ?? null;
  }

  /** Hands the token of a new session to the browser and takes away what belonged to the one before. */
  write(response: Response, token: string): void {
    this.clear(response);
    response.cookie(this.name, token, this.options);
  }

  clear(response: Response): void {
    response.clearCookie(this.name, this.options);
    for (const name of WEBAPP_COOKIES) {
      for (const path of ['/', '/camunda']) response.clearCookie(name, { path });
    }
  }
}
