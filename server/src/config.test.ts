import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: null,
      dataDir: './.mortise',
      bootstrapKey: null,
      masterKey: null,
      logLevel: 'info',
      kinds: [],
      publicUrl: null,
      corsOrigins: new Set(),
    });
  });

  it('takes what the environment says, and is frozen', () => {
    const config = readConfig({
      HOST: '0.0.0.0',
      PORT: '0',
      DATABASE_URL: 'postgresql://me:pass@db/mortise',
      MORTISE_MASTER_KEY: KEY,
      MORTISE_BOOTSTRAP_KEY: `sec_${'a'.repeat(32)}`,
      MORTISE_LOG_LEVEL: 'silent',
      MORTISE_PUBLIC_URL: 'https://mortise.example/',
      PATH: '/bin',
    });
    expect(config).toMatchObject({ host: '0.0.0.0', port: 0, logLevel: 'silent', publicUrl: 'https://mortise.example' });
    expect(config.masterKey).toEqual(Buffer.alloc(32, 7));
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes an empty variable for an absent one', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '' })).toEqual(readConfig({}));
  });

  it('tells all problems at once, each on a line with its variable, its value and what is expected', () => {
    const bad = {
      PORT: '65536',
      MORTISE_LOG_LEVEL: 'loud',
      MORTISE_PUBLIC_URL: 'ftp://x',
      MORTISE_DATADIR: 'x',
      DATABASE_URL: 'mysql://u:hunter2@h/d',
    };
    expect(problemsOf(bad)).toEqual([
      expect.stringMatching(/^MORTISE_DATADIR is not a setting: expected one of MORTISE_DATA_DIR, /),
      'PORT is "65536": expected a port from 0 (any free one) to 65535.',
      'DATABASE_URL is not shown, since it may hold a password: expected postgresql://user:password@host:port/database.',
      'MORTISE_LOG_LEVEL is "loud": expected one of silent, fatal, error, warn, info, debug, trace.',
      'MORTISE_PUBLIC_URL is "ftp://x": expected an http or https URL, without query and user.',
      'MORTISE_MASTER_KEY is not set, and DATABASE_URL needs it: expected 32 bytes in base64 (openssl rand -base64 32).',
    ]);
  });

  it.each(['3e3', '-1', '80 ', '0x50', '3000.0'])('refuses the port %j', (PORT) => {
    expect(problemsOf({ PORT })).toHaveLength(1);
  });

  it('takes origins as browsers send them, or all of them', () => {
    const origins = (MORTISE_CORS_ORIGINS: string) => readConfig({ MORTISE_CORS_ORIGINS }).corsOrigins;
    expect(origins('https://a.example, http://localhost:5173')).toEqual(new Set(['https://a.example', 'http://localhost:5173']));
    expect(origins('*')).toBe('any');
  });

  it.each([
    'a.example',
    'https://a.example/',
    'https://A.example',
    'https://a.example:443',
    'https://a.example,',
    'null',
    'https://*.a.example/x',
  ])('refuses the origin %j, which no browser sends', (MORTISE_CORS_ORIGINS) => {
    expect(problemsOf({ MORTISE_CORS_ORIGINS })).toEqual([
      expect.stringMatching(/^MORTISE_CORS_ORIGINS is ".*": expected origins such as /),
    ]);
  });

  it('never shows a secret that does not fit', () => {
    const secrets = { MORTISE_BOOTSTRAP_KEY: 'sec_hunter2', MORTISE_MASTER_KEY: 'hunter2' };
    expect(problemsOf(secrets)).toHaveLength(2);
    expect(problemsOf(secrets).join()).not.toContain('hunter2');
  });

  it('refuses a master key with characters that base64 would skip', () => {
    expect(problemsOf({ MORTISE_MASTER_KEY: `${KEY.slice(0, -1)} =` })).toHaveLength(1);
  });
});

describe('added kinds', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'mortise-kinds-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const withKinds = (kinds: unknown) => {
    const file = join(directory, 'kinds.json');
    writeFileSync(file, JSON.stringify(kinds));
    return { MORTISE_KINDS: file };
  };

  it('come from a file', () => {
    const schema = { type: 'object' };
    const { kinds } = readConfig(
      withKinds([
        { name: 'robot', prefix: 'rob' },
        { name: 'skill', prefix: 'ski', schema, mergeKeys: { '/steps': 'ref', '/steps/*/inputs': 'port' } },
      ]),
    );
    expect(kinds).toEqual([
      { name: 'robot', prefix: 'rob', schema: null },
      { name: 'skill', prefix: 'ski', schema, mergeKeys: { '/steps': 'ref', '/steps/*/inputs': 'port' } },
    ]);
  });

  it.each([
    [[{ name: 'Robot', prefix: 'rob' }], 'kind 1 needs a name of a-z'],
    [[{ name: 'robot', prefix: 'robo' }], 'kind 1 (robot) needs a prefix of three letters'],
    [[{ name: 'agent', prefix: 'rob' }], 'kind 1 has the name agent, which another kind has'],
    [[{ name: 'robot', prefix: 'agt' }], 'kind 1 (robot) has the prefix agt, which something else has'],
    [[{ name: 'robot', prefix: 'int' }], 'kind 1 (robot) has the prefix int, which something else has'],
    [
      [
        { name: 'robot', prefix: 'rob' },
        { name: 'bot', prefix: 'rob' },
      ],
      'kind 2 (bot) has the prefix rob',
    ],
    [[{ name: 'robot', prefix: 'rob', schema: true }], 'kind 1 (robot) has a schema that is not a JSON object'],
    [[{ name: 'robot', prefix: 'rob', mergeKeys: { steps: 'ref' } }], 'kind 1 (robot) has mergeKeys that do not map JSON pointers'],
    [[{ name: 'robot', prefix: 'rob', mergeKeys: { '/steps': 1 } }], 'kind 1 (robot) has mergeKeys that do not map JSON pointers'],
    [[{ name: 'robot', prefix: 'rob', shema: {} }], 'kind 1 (robot) has the unknown field shema'],
    [['robot'], 'kind 1 needs a name'],
    [{}, 'expected a file with a JSON array'],
  ])('that do not fit are refused: %j', (kinds, problem) => {
    expect(problemsOf(withKinds(kinds)).join()).toContain(problem);
  });

  it('in a file that is missing or broken are refused', () => {
    expect(problemsOf({ MORTISE_KINDS: '/nowhere.json' }).join()).toContain(
      'MORTISE_KINDS is "/nowhere.json", which cannot be read as JSON (ENOENT',
    );
  });
});

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : [];
  }
}
