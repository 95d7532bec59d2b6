import type { RequestHandler } from 'express';

/** Our pages hold no script; forms and images stay on this server, and no other site may frame them. */
const DIRECTIVES = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
];

const POLICY = DIRECTIVES.join('; ');

/** Of pages that keep themselves up to date by the script of `pages/live-script.ts`: it is a file of ours, and asks only us. */
export const LIVE_POLICY = [...DIRECTIVES, "script-src 'self'", "connect-src 'self'"].join('; ');

/**
 * Headers of everything that we answer ourselves; the web applications of the engine bring their own.
 * @param secure true when people reach the server by https
 */
export function securityHeaders(secure: boolean): RequestHandler {
  return (_request, response, next) => {
    response.set({
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      // With `no-referrer` browsers would send `Origin: null` with our own forms.
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-store',
      ...(secure ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
    });
    next();
  };
}
