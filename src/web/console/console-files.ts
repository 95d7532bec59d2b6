import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** One file of the built console with its compressed forms. */
export interface ConsoleFile {
  /** Extension, for the media type. */
  readonly type: string;
  readonly plain: Buffer;
  readonly br: Buffer;
  readonly gzip: Buffer;
}

/** The built console, in memory: what is served is looked up by name and never read from the disk. */
export interface ConsoleFiles {
  /** Names of the files that the page begins with. */
  readonly script: string;
  readonly style: string;
  readonly assets: ReadonlyMap<string, ConsoleFile>;
}

const manifestSchema = z.object({ script: z.string(), style: z.string() });

/**
 * Reads what `launcher/build-console.mjs` has written; about a megabyte.
 * @param folder `dist/console`
 * @throws Error when the console was not built
 */
export async function readConsoleFiles(folder: string): Promise<ConsoleFiles> {
  const { script, style } = await readManifest(folder);
  const assets = join(folder, 'assets');
  const names = (await readdir(assets)).filter((name) => /\.(js|css|txt)$/.test(name));
  const files = await Promise.all(
    names.map(async (name): Promise<[string, ConsoleFile]> => {
      const [plain, br, gzip] = await Promise.all([
        readFile(join(assets, name)),
        readFile(join(assets, `${name}.br`)),
        readFile(join(assets, `${name}.gz`)),
      ]);
      return [name, { type: name.slice(name.lastIndexOf('.') + 1), plain, br, gzip }];
    }),
  );
  return { script, style, assets: new Map(files) };
}

async function readManifest(folder: string): Promise<z.infer<typeof manifestSchema>> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  } catch (cause) {
    throw new Error('The console is not built: run `npm run build`, or start with `npm start`, which does it.', {
      cause,
    });
  }
}
