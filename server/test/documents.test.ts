import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';

const REPO = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(REPO, path), 'utf8');

const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];
const IN_ROOM = /^(?:lib|db|query|listing|access|domain|http)\//;

/** A path as the documents write it → from the root of the repository. */
const fromRoot = (path: string): string => (IN_ROOM.test(path) ? `server/src/${path}` : path);

/** Everything between backticks, outside of blocks of code. */
const namesIn = (text: string): string[] =>
  [...text.replace(/^ *```.*?^ *```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);

const isPath = (name: string): boolean => /^[\w.-]+\/[\w./-]+\.(?:ts|mjs|sql|json)$/.test(name) && !/0002_|^bench\/results\//.test(name);

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  it('names files that are there', () => {
    expect(namesIn(text).filter((name) => isPath(name) && !existsSync(join(REPO, fromRoot(name))))).toEqual([]);
  });

  it('names what these files have', () => {
    const named = [...text.matchAll(/`([\w./-]+\.ts)`\s+`(\w+)`/g)];
    const absent = named.filter(([, file = '', name = '']) => !new RegExp(`\\b${name}\\b`).test(read(fromRoot(file))));
    expect(absent.map(([found]) => found)).toEqual([]);
  });

  it('names commands that npm has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('links to places that are there', () => {
    const targets = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join(REPO, target)))).toEqual([]);
  });
});

it('the README lists every setting', () => {
  const listed = [...read('README.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name = '']) => name);
  expect(listed.toSorted()).toEqual(['DATABASE_URL', 'HOST', 'PORT', ...ownSettings()].toSorted());
});

/** The settings that begin with MORTISE_, as the server lists them when it refuses another one. */
function ownSettings(): string[] {
  try {
    readConfig({ MORTISE_NONSENSE: 'x' });
  } catch (error) {
    return (error as Error).message.match(/\bMORTISE_\w+/g)?.slice(1) ?? [];
  }
  throw new Error('a variable that is no setting was taken');
}

it('ARCHITECTURE.md has the rooms in the order that the test keeps', () => {
  const kept = [...read('server/src/rooms.test.ts').matchAll(/^ {2}\['([\w./-]+)', '/gm)].map(([, room]) => room);
  const section = read('ARCHITECTURE.md').split('### The rooms of the server')[1]?.split('\n## ')[0] ?? '';
  expect([...section.matchAll(/^\| `([\w./-]+)` \|/gm)].map(([, room]) => room)).toEqual(kept);
});
