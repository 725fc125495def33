/** Writes openapi.json, the contract of the API, from the routes of the server. */
import { writeFile } from 'node:fs/promises';
import { apiDocument } from '../src/app.ts';

await writeFile(new URL('../../openapi.json', import.meta.url), `${JSON.stringify(apiDocument(), null, 2)}\n`);
