import { kindsIn } from './config-kinds.ts';
import type { Kind } from './lib/kinds.ts';
import { StartError } from './lib/start-error.ts';
import { originFault } from './lib/text-formats.ts';

/** Everything that the environment decides. */
export interface Config {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Null: the embedded database in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** Fixes the bootstrap key; null: it is made up on the first start. */
  readonly bootstrapKey: string | null;
  /** 32 bytes; null: the key in `dataDir`. Never null with `databaseUrl`. */
  readonly masterKey: Buffer | null;
  readonly logLevel: LogLevel;
  /** Kinds of entities beside the built-in ones. */
  readonly kinds: readonly Kind[];
  /** Where users find this server, when that is not where it listens. */
  readonly publicUrl: string | null;
  /** Pages of these origins may use any key in browsers. */
  readonly corsOrigins: ReadonlySet<string> | 'any';
}

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Variables by name, as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const KNOWN: ReadonlySet<string> = new Set([
  'MORTISE_DATA_DIR',
  'MORTISE_BOOTSTRAP_KEY',
  'MORTISE_MASTER_KEY',
  'MORTISE_LOG_LEVEL',
  'MORTISE_KINDS',
  'MORTISE_PUBLIC_URL',
  'MORTISE_CORS_ORIGINS',
  // The command line's: they may stand in the same shell.
  'MORTISE_URL',
  'MORTISE_KEY',
]);

/** Reads the environment (and the file that MORTISE_KINDS names). Throws one `StartError` with a line for each problem. */
export function readConfig(env: Environment): Config {
  const problems: string[] = unknownNames(env);
  const setting = <T>(name: string, fallback: string | null, parse: (text: string) => T): T | null => {
    const text = env[name] || fallback; // an empty variable is an absent one
    if (text === null) return null;
    try {
      return parse(text);
    } catch (problem) {
      problems.push(`${name} ${problem instanceof Error ? problem.message : problem}`);
      return null;
    }
  };
  const config = {
    host: setting('HOST', '127.0.0.1', String),
    port: setting('PORT', '3000', port),
    databaseUrl: setting('DATABASE_URL', null, databaseUrl),
    dataDir: setting('MORTISE_DATA_DIR', './.mortise', String),
    bootstrapKey: setting('MORTISE_BOOTSTRAP_KEY', null, bootstrapKey),
    masterKey: setting('MORTISE_MASTER_KEY', null, masterKey),
    logLevel: setting('MORTISE_LOG_LEVEL', 'info', logLevel),
    kinds: setting('MORTISE_KINDS', null, kindsIn) ?? [],
    publicUrl: setting('MORTISE_PUBLIC_URL', null, publicUrl),
    corsOrigins: setting('MORTISE_CORS_ORIGINS', null, corsOrigins) ?? new Set<string>(),
  };
  if (env.DATABASE_URL && !env.MORTISE_MASTER_KEY) {
    problems.push('MORTISE_MASTER_KEY is not set, and DATABASE_URL needs it: expected 32 bytes in base64 (openssl rand -base64 32).');
  }
  if (problems.length > 0) throw new StartError(problems.join('\n'));
  return Object.freeze(config as Config); // null only where Config says so: everything with a fallback has a value or a problem
}

/** A misspelt variable would be ignored in silence. */
const unknownNames = (env: Environment): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('MORTISE_') && !KNOWN.has(name))
    .map((name) => `${name} is not a setting: expected one of ${[...KNOWN].join(', ')}.`);

const is = (text: string, expected: string): Error => new Error(`is ${JSON.stringify(text)}: expected ${expected}.`);

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw is(text, 'a port from 0 (any free one) to 65535');
  return Number(text);
}

function databaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new Error('is not shown, since it may hold a password: expected postgresql://user:password@host:port/database.');
  }
  return text;
}

function bootstrapKey(text: string): string {
  if (!/^sec_[\w-]{32,200}$/.test(text))
    throw new Error('(not shown) does not fit: expected sec_ and 32 to 200 of the characters A-Z a-z 0-9 _ -.');
  return text;
}

function masterKey(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const exact = bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  if (!exact || bytes.length !== 32) throw new Error('(not shown) does not fit: expected 32 bytes in base64 (openssl rand -base64 32).');
  return bytes;
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((each) => each === text);
  if (level === undefined) throw is(text, `one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function publicUrl(text: string): string {
  const url = URL.parse(text);
  const bare = url !== null && ['http:', 'https:'].includes(url.protocol) && !url.search && !url.hash && !url.username;
  if (!bare) throw is(text, 'an http or https URL, without query and user');
  return url.href.replace(/\/$/, '');
}

function corsOrigins(text: string): ReadonlySet<string> | 'any' {
  if (text.trim() === '*') return 'any';
  const origins = text.split(',').map((each) => each.trim());
  const unusual = origins.find((origin) => originFault(origin) !== null);
  if (unusual !== undefined) throw is(unusual, 'origins such as https://app.example.com, with commas between them, or * for all');
  return new Set(origins);
}
