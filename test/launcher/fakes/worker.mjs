/**
 * A stand-in for the worker and for the print shop. With FAKE_DEAF it does not hear SIGTERM, as a worker that hangs in a
 * handler would not.
 */
process.on('disconnect', () => process.exit(0));
if (process.env.FAKE_DEAF !== undefined) process.on('SIGTERM', () => undefined);
setInterval(() => undefined, 1_000);
process.send({ type: 'ready' });
