import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCatalogue, readCatalogue } from './catalogue.ts';

const member = { slug: 'run', kind: 'function', name: 'Run', definition: 'd1' };
const version = { version: '1.0.0', authConfig: {}, variablesSchema: {}, members: [member] };
const integration = { slug: 'tasks', publisher: 'acme', name: 'Tasks', versions: [version] };
const catalogue = { integrations: [integration], definitions: { d1: { runs: true } } };

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mortise-catalogue-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function fileOf(content: string | Buffer): Promise<string> {
  const file = join(directory, `${Math.random()}`);
  await writeFile(file, content);
  return file;
}

describe('reading', () => {
  test('a catalogue is read gzipped and plain', async () => {
    const text = JSON.stringify(catalogue);
    expect(await readCatalogue(await fileOf(text))).toEqual(catalogue);
    expect(await readCatalogue(await fileOf(gzipSync(text)))).toEqual(catalogue);
  });

  test('a missing file is named with the next step', async () => {
    await expect(readCatalogue('/nowhere/at-all')).rejects.toThrow(/^\/nowhere\/at-all cannot be read \(.*\): name a catalogue file\.$/);
  });

  test.each([
    ['no JSON', '{'],
    ['a broken gzip', gzipSync('{}').subarray(0, 12)],
  ])('%s is told with the file', async (_what, content) => {
    const file = await fileOf(content);
    await expect(readCatalogue(file)).rejects.toThrow(`${file} is not a catalogue: `);
  });
});

describe('what does not fit is told with its place', () => {
  test.each([
    ['it is not an object', []],
    ['/definitions is not an object', { integrations: [] }],
    ['/integrations is not an array', { definitions: {} }],
    ['/definitions/d1 is not an object', { ...catalogue, definitions: { d1: 'x' } }],
    ['/integrations/0/slug is not a text', { ...catalogue, integrations: [{ ...integration, slug: '' }] }],
    [
      '/integrations/0/versions/0/authConfig is not an object',
      { ...catalogue, integrations: [{ ...integration, versions: [{ ...version, authConfig: null }] }] },
    ],
    ['/integrations/0/versions/0/members/0/definition names none of the definitions: d1', { ...catalogue, definitions: {} }],
  ])('%s', (message, content) => {
    expect(() => parseCatalogue(JSON.stringify(content))).toThrow(message);
  });
});
