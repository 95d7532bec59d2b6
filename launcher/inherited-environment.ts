import {
  launcherEnvironment,
  printShopEnvironment,
  serverEnvironment,
  workerEnvironment,
} from '../src/kernel/config.js';

const ours = new Set(
  [launcherEnvironment, serverEnvironment, workerEnvironment, printShopEnvironment].flatMap((schema) =>
    Object.keys(schema.shape),
  ),
);

/**
 * What every part inherits: the surroundings, without our settings (a part gets those it needs, so that for example the
 * engine never sees the first password) and without what npm adds for its scripts.
 */
export function inheritedEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = Object.entries(env).filter(([name]) => !ours.has(name) && !name.startsWith('npm_'));
  return { NODE_ENV: 'production', ...Object.fromEntries(foreign) };
}
