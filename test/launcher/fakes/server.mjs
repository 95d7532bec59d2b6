/** A stand-in for the server: it keeps to the messages that the launcher knows, and listens on PORT. */
import { createServer } from 'node:http';

const { PORT, BOOTSTRAP_PASSWORDS, DATABASE_URL, FAKE_FAILURE } = process.env;
const variants = ['with-approval', 'without-approval'];

process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
if (FAKE_FAILURE !== undefined) {
  process.send({ type: 'failed', message: FAKE_FAILURE }, () => process.exit(1));
} else {
  process.send({ type: 'progress', text: 'listening' });
  process.on('message', ({ useCase, variant }) => {
    const known = variants.includes(variant);
    process.send(
      known
        ? { type: 'enabled', useCase, variant }
        : {
            type: 'refused',
            message: `There is no variant ${variant} of ${useCase}: choose one of ${variants.join(', ')}.`,
          },
    );
  });
  const accounts = Object.keys(JSON.parse(BOOTSTRAP_PASSWORDS ?? '{}'));
  createServer((_request, response) => response.end(JSON.stringify({ accounts, database: DATABASE_URL }))).listen(
    Number(PORT),
    '127.0.0.1',
    () =>
      process.send({
        type: 'ready',
        useCases: [{ id: 'request-card', enabled: false, variant: null }],
        createdAccounts: accounts,
      }),
  );
}
