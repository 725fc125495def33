import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectOwner } from '../src/db/connection.ts';
import { type TestDatabase, testDatabase } from '../test/database.ts';
import { schemaText } from './schema-text.ts';

const SCHEMA = fileURLToPath(new URL('../schema.sql', import.meta.url));
const MAJOR = 18; // PostgreSQL spells definitions differently from version to version

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.drop());

it('schema.sql is what the migrations make (npm run generate)', async ({ skip }) => {
  const owner = await connectOwner(test.connection);
  const { rows } = await owner.query<{ major: number }>(`select current_setting('server_version_num')::int / 10000 as major`);
  skip(rows[0]?.major !== MAJOR, `needs PostgreSQL ${MAJOR}`);
  const [made, kept] = [await schemaText(owner), await readFile(SCHEMA, 'utf8')];
  await owner.end();
  expect(kept).toBe(made);
});
