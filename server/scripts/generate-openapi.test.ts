import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { apiDocument } from '../src/app.ts';
import { lintOpenapi } from './lint-openapi.ts';

const file = fileURLToPath(new URL('../../openapi.json', import.meta.url));

it('openapi.json is what the routes say (else: npm run generate)', async () => {
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(apiDocument());
});

it('openapi.json passes redocly without a warning', async () => {
  expect(await lintOpenapi(file)).toEqual([]);
});
