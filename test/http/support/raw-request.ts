import { request, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

/** Sends a request whose target is not tidied up first, as `fetch` would do. */
export function rawRequest(
  origin: string,
  target: string,
  headers: OutgoingHttpHeaders,
  method = 'GET',
  body = '',
): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: target, method, headers }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
