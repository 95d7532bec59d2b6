import type { IncomingMessage } from 'node:http';
import type { CookieOptions, Response } from 'express';

/** Cookies of the engine's web applications; they may not outlive the sign-in that they were made in. */
export const WEBAPP_COOKIES = ['JSESSIONID', 'XSRF-TOKEN'] as const;

const sessionNames = { secure: '__Host-card-session', plain: 'card-session' } as const;
const deviceNames = { secure: '__Host-card-device', plain: 'card-device' } as const;
/** Half a year, in milliseconds. */
const deviceMs = 180 * 24 * 3_600_000;

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
  constructor(readonly secure: boolean) {
    this.name = secure ? sessionNames.secure : sessionNames.plain;
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

/** Gives a browser the token by which it is known at its next sign-in; it opens nothing. */
export function writeDeviceToken(response: Response, token: string, secure: boolean): void {
  const name = secure ? deviceNames.secure : deviceNames.plain;
  response.cookie(name, token, { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: deviceMs });
}

export function deviceTokenOf(request: IncomingMessage): string | null {
  return valueOf(request, deviceNames);
}

export function sessionTokenOf(request: IncomingMessage): string | null {
  return valueOf(request, sessionNames);
}

function valueOf(request: IncomingMessage, names: Readonly<Record<string, string>>): string | null {
  const cookies = new Map(cookiesOf(request));
  return (
    Object.values(names)
      .map((name) => cookies.get(name))
      .find((value) => value !== undefined) ?? null
  );
}
