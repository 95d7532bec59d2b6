import { createServer } from 'node:net';
import { StartFailure, systemCode } from './start-failure.js';

const loopback = ['127.0.0.1', '::1'];

/**
 * Makes sure that the server will be able to listen.
 * @throws StartFailure when the port is taken or may not be opened
 */
export async function assertPortFree(port: number): Promise<void> {
  for (const host of loopback) {
    const code = await tryListen(port, host);
    if (code === 'EADDRINUSE') {
      throw new StartFailure(`Port ${port} is taken by another program: stop that one, or set PORT to a free port.`);
    }
    if (code === 'EACCES')
      throw new StartFailure(`Port ${port} may not be opened by this user: set PORT to 1024 or above.`);
  }
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** @returns the code of the error, empty when it could listen */
async function tryListen(port: number, host: string): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', (raw) => resolve(systemCode(raw)));
    server.listen(port, host, () => server.close(() => resolve('')));
  });
}
