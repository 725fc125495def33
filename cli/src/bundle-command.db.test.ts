import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestApi, type TestWorkspace } from '../../server/test/api.ts';
import { furnished } from '../../server/test/bundles.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let api: TestApi;
let url: string;
let acme: TestWorkspace;
let mirror: TestWorkspace;
let directory: string;
let versionId: string;
beforeAll(async () => {
  api = await TestApi.start();
  url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  [acme, mirror] = [await api.workspace('acme'), await api.workspace('mirror')];
  ({ versionId } = await furnished(acme));
  directory = await mkdtemp(join(tmpdir(), 'mortise-bundle-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await api.stop();
});

async function keyOf(workspaceId: string): Promise<string> {
  const body = { workspaceId, name: 'cli', role: 'editor', kind: 'secret' };
  return (await api.platform.post('/api/api-keys', body, 201)).secret;
}

async function mortise(workspace: TestWorkspace, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { MORTISE_URL: url, MORTISE_KEY: await keyOf(workspace.id), NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('export writes the bytes that the server sent, to a file or to standard output, and import publishes them', async () => {
  const file = join(directory, 'desk.json');
  const exported = await mortise(acme, 'bundle', 'export', versionId, '-o', file);
  expect(exported).toMatchObject({ code: 0, stderr: '' });
  const text = await readFile(file, 'utf8');
  expect(exported.stdout).toContain(`acme/desk, digest ${JSON.parse(text).digest}`);
  expect((await mortise(acme, 'bundle', 'export', versionId)).stdout).toBe(text);

  const imported = await mortise(mirror, 'bundle', 'import', file, '--workspace', mirror.id);
  expect(imported).toMatchObject({ code: 0, stderr: '' });
  expect(imported.stdout).toMatch(/acme\/desk 1\.0\.0 is intver_\w+ here, signed by this server\n$/);
  const again = await mortise(mirror, 'bundle', 'import', file, '--workspace', mirror.id, '--slug', 'second', '--json');
  expect(JSON.parse(again.stdout).importedFrom.digest).toBe(JSON.parse(text).digest);
});

test('an unknown signer is named with the option that accepts it, and an altered file is refused', async () => {
  const file = join(directory, 'foreign.json');
  const other = await TestApi.start();
  try {
    const made = await furnished(await other.workspace('other'));
    const bundle = await other.platform.get(`/api/integration-versions/${made.versionId}/bundle`);
    await writeFile(file, JSON.stringify(bundle));
    const refused = await mortise(mirror, 'bundle', 'import', file, '-w', mirror.id, '--slug', 'foreign');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain((await other.platform.get('/api/signing-key')).fingerprint);
    expect(refused.stderr).toContain('--accept-unknown-signer');
    const accepted = await mortise(mirror, 'bundle', 'import', file, '-w', mirror.id, '--slug', 'foreign', '--accept-unknown-signer');
    expect(accepted.stdout).toContain('signed by the unknown key');
    await writeFile(file, JSON.stringify({ ...bundle, publishedAt: '2020-01-01T00:00:00.000Z' }));
    expect((await mortise(mirror, 'bundle', 'import', file, '-w', mirror.id)).stderr).toContain('/bundle/signature/value');
  } finally {
    await other.stop();
  }
});
