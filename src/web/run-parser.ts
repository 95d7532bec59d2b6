import type { Request, RequestHandler, Response } from 'express';

/**
 * Reads a body with one of Express's parsers and returns what the parser made of it; undefined where there was nothing
 * for it to read.
 * @throws what the parser throws: an error that carries an HTTP status
 */
export async function runParser(parser: RequestHandler, request: Request, response: Response): Promise<unknown> {
  await new Promise<void>((resolve, reject) => {
    parser(request, response, (failure?: unknown) => {
      if (failure === undefined) resolve();
      else reject(failure instanceof Error ? failure : new Error('The body was not read.', { cause: failure }));
    });
  });
  const body: unknown = request.body;
  return body;
}
