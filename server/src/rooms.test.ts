import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The rooms of the server, each standing on those before it, and what lives there. No room knows a later one. */
const ROOMS: readonly (readonly [path: string, what: string])[] = [
  ['lib', 'what any program could use: JSON, ids, semver, sealing, the error catalogue'],
  ['db', 'PostgreSQL: the embedded server, migrations, the pool and its transactions'],
  ['query', 'the filter language: text → checked tree → SQL, without any I/O'],
  ['listing', 'lists: parameters, cursors, the one statement of a page, exact totals'],
  ['context.ts', 'who asks, and what a verb may touch'],
  ['route.ts', 'a route as data: method, path, permission, shapes, verb'],
  ['access', 'who is asking, what they may do, which rows they see'],
  ['domain/audit', 'what happened, told in the transaction in which it happened'],
  ['domain/workspace', 'tenants, users and their memberships'],
  ['domain/api-key', 'bearer tokens'],
  ['domain/entity', 'what workspaces are made of, in immutable versions'],
  ['domain/auth-state', 'sealed credentials'],
  ['domain/integration', 'what is authored, published and shared'],
  ['domain/solution', 'what an install looks like to its users'],
  ['domain/install/state', 'an install as it stands: locked, its members, its add-ons, its ascent'],
  ['domain/install/resource.ts', 'fields and relations of installs and members'],
  ['domain/install/dependencies', 'what an install wants of others: offers, the resolver, locks'],
  ['domain/install/change', 'one change, a side of it empty or not: arrange, render, merge, plan, apply'],
  ['domain/install', 'a version in a workspace: the verbs, as recipes'],
  ['domain/bundle', 'a version as one file, from server to server'],
  ['domain/routes.ts', 'the whole API as one list'],
  ['http', 'door 1: routes → Fastify, errors → problem+json, OpenAPI'],
  ['config-kinds.ts', 'the file of added kinds, checked'],
  ['config.ts', 'the environment, checked and frozen'],
  ['app.ts', 'everything behind the port, not listening yet'],
  ['run.ts', 'the process: opens the sockets, stops cleanly'],
  ['main.ts', 'the server with the environment that it was started in'],
];

const HERE = dirname(fileURLToPath(import.meta.url));
const REPO = join(HERE, '../..');
const MAX_LINES = 400;
/** Of the filter language as a whole, without its tests and their sample worlds. */
const MAX_LANGUAGE_LINES = 700;

const sources = (directory: string): string[] =>
  globSync('**/*.{ts,tsx,mjs}', { cwd: directory, exclude: ['**/node_modules', '**/dist', '**/*.test.ts'] }).sort();

const textOf = (file: string): string => readFileSync(join(HERE, file), 'utf8');
const FILES = sources(HERE);

const roomOf = (file: string): number => ROOMS.findIndex(([path]) => file === path || file.startsWith(`${path}/`));

/** What a source text imports, types included. */
const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:\bfrom|\bimport|\bnew URL)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) => target);

/** Resource descriptions refer to one another both ways, like the tables they describe. */
const describesTables = (file: string): boolean => /^domain\/[^/]+\/[\w-]*resource\.ts$/.test(file);

/** Files that match, and the line: `http/door.ts: new Date()`. */
const offences = (pattern: RegExp, allowed: readonly string[]): string[] =>
  FILES.filter((file) => !allowed.some((room) => file === room || file.startsWith(`${room}/`))).flatMap((file) =>
    [...textOf(file).matchAll(pattern)].map(([found]) => `${file}: ${found}`),
  );

describe('the rooms of the server', () => {
  it('hold every file, and none is empty', () => {
    expect(FILES.filter((file) => roomOf(file) === -1)).toEqual([]);
    expect(ROOMS.filter((_, room) => !FILES.some((file) => roomOf(file) === room))).toEqual([]);
  });

  it('never know a later room', () => {
    const upward = FILES.flatMap((file) =>
      importsOf(textOf(file))
        .filter((target) => target.startsWith('.') && target.endsWith('.ts'))
        .map((target) => normalize(join(dirname(file), target)))
        .filter((target) => roomOf(target) > roomOf(file) && !(describesTables(file) && describesTables(target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('read the environment only in main.ts', () => {
    expect(offences(/\bprocess\.env\b/g, ['main.ts'])).toEqual([]);
  });

  it('read the clock only at the doors, and to see for how long the event loop was theirs', () => {
    expect(offences(/\bnew Date\(\)|\bDate\.now\b|\bperformance\.now\b/g, ['http', 'jobs', 'run.ts', 'lib/turns.ts'])).toEqual([]);
  });

  it('have no file that grew past a walk through it, and none that only passes on', () => {
    expect(FILES.filter((file) => textOf(file).split('\n').length > MAX_LINES)).toEqual([]);
    expect(offences(/^export (?:\*|\{[^}]*\}) from .*/gm, [])).toEqual([]);
  });
});

/** Files that import one another, in turn: what is left when all are taken away that import nothing, or nothing but such. */
function inCircles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const leaves = [...imports].filter(([, targets]) => !targets.some((target) => imports.has(target))).map(([file]) => file);
  if (leaves.length === 0) return withoutTops(imports);
  return inCircles(new Map([...imports].filter(([file]) => !leaves.includes(file))));
}

/** And without those that nobody imports, who are only on the way to a circle. */
function withoutTops(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const wanted = new Set([...imports.values()].flat());
  const kept = [...imports].filter(([file]) => wanted.has(file));
  return kept.length === imports.size ? [...imports.keys()].sort() : withoutTops(new Map(kept));
}

/** File → the files that it imports. */
const importsIn = (directory: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    sources(directory).map((file) => {
      const targets = importsOf(readFileSync(join(directory, file), 'utf8')).filter((target) => target.startsWith('.'));
      const others = targets.map((target) => normalize(join(dirname(file), target)));
      return [file, others.filter((other) => !(describesTables(file) && describesTables(other)))];
    }),
  );

describe('imports', () => {
  it.each(['server/src', 'sdk', 'cli', 'bench'])('in %s go in no circle', (directory) => {
    expect(inCircles(importsIn(join(REPO, directory)))).toEqual([]);
  });

  it('in a circle are found, and nothing that only leads there', () => {
    const imports = { top: ['a'], a: ['b', 'leaf'], b: ['c'], c: ['a'], leaf: [], alone: ['leaf'] };
    expect(inCircles(new Map(Object.entries(imports)))).toEqual(['a', 'b', 'c']);
  });
});

describe('the filter language', () => {
  it('is small enough to be read at one sitting, and touches neither database nor network', () => {
    const language = FILES.filter((file) => /^query\/(?!sample-)/.test(file));
    expect(language.reduce((lines, file) => lines + textOf(file).trimEnd().split('\n').length, 0)).toBeLessThanOrEqual(MAX_LANGUAGE_LINES);
    expect(language.filter((file) => importsOf(textOf(file)).some((target) => /^node:|^\.\.\/db\//.test(target)))).toEqual([]);
  });
});

describe('the other packages', () => {
  it.each(['sdk', 'cli', 'console'])('%s knows the server only by its API', (name) => {
    const directory = join(REPO, name);
    const reaching = sources(directory).filter((file) =>
      importsOf(readFileSync(join(directory, file), 'utf8')).some((target) => /(^|\/)server\/|^@mortise\/server/.test(target)),
    );
    expect(reaching).toEqual([]);
  });
});
