import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, type TestWorkspace } from '../../../test/api.ts';
import { type Bundle, exported, furnished, imported, signedBy, trust } from '../../../test/bundles.ts';
import { fingerprint } from '../../../test/isolation/fingerprint.ts';
import { newKeyPair } from '../../lib/ed25519.ts';
import { canonicalJson } from '../../lib/json-canonical.ts';
import { parseJson } from '../../lib/json-parse.ts';
import { bundle as exampleBundle } from './examples.ts';
import { IMPORT_LIMITS } from './limits.ts';
import type { Bundle as Packed } from './schema.ts';
import { refuseAltered } from './verify.ts';

let here: TestApi;
let there: TestApi;
let mirror: TestWorkspace;
let bundle: Bundle;
let text: string;
let signerId: string;
let before: Awaited<ReturnType<typeof fingerprint>>;
beforeAll(async () => {
  [here, there] = [await TestApi.start(), await TestApi.start()];
  const acme = await here.workspace('acme');
  bundle = await exported(acme, (await furnished(acme)).versionId);
  text = canonicalJson(bundle);
  signerId = await trust(there, here);
  mirror = await there.workspace('mirror');
  before = await fingerprint(there.test);
});
afterAll(() => Promise.all([here.stop(), there.stop()]));

const send = (bundleText: string) =>
  mirror.editor.call('POST', '/api/bundles', `{"workspaceId":"${mirror.id}","acceptUnknownSigner":true,"bundle":${bundleText}}`);

const withCharacter = (index: number, character: string): string => text.slice(0, index) + character + text.slice(index + 1);

/** Everything that a bundle with one other character may be told. */
const REFUSALS = ['invalid_json', 'invalid_body', 'altered_bundle'];

async function expectRefusal(bundleText: string): Promise<void> {
  const { status, body } = await send(bundleText);
  expect(REFUSALS, `${status} ${JSON.stringify(body)} for ${bundleText.slice(0, 4000)}`).toContain(body.code);
  expect(body.errors.length).toBeGreaterThan(0);
}

describe('a bundle of which one character is another', () => {
  test('is refused wherever that is, even from whom no trust is asked', async () => {
    for (let index = 0; index < text.length; index++) {
      const character = text.charAt(index);
      const successor = String.fromCharCode(character.charCodeAt(0) + 1);
      await expectRefusal(withCharacter(index, /[a-yA-Y0-9]/.test(character) ? successor : '9'));
    }
  }, 120_000);

  test('is refused whatever the other one is', async () => {
    const characters = fc.constantFrom(...' \t\n"\\{}[]:,.-+019abfzAZ=/', 'é', '\u2028', '\ud83d\ude00', '\0');
    const changes = fc.tuple(fc.nat(text.length - 1), characters).filter(([index, character]) => text[index] !== character);
    await fc.assert(
      fc.asyncProperty(changes, async ([index, character]) => expectRefusal(withCharacter(index, character))),
      { numRuns: 500 },
    );
  }, 60_000);

  test('is refused cut off, and with something behind it', async () => {
    const cuts = fc.nat(text.length - 1);
    await fc.assert(
      fc.asyncProperty(cuts, (end) => expectRefusal(text.slice(0, end))),
      { numRuns: 50 },
    );
    await expectRefusal(`${text}}`);
    await expectRefusal(text.replace('"content":', '"content":{},"content":'));
  });

  test('is told what does not fit, and where', async () => {
    const told = async (altered: Bundle) => {
      const { status, body } = await send(JSON.stringify(altered));
      return [status, body.code, body.errors[0].pointer];
    };
    const { content, integration, signature } = bundle;
    const other = newKeyPair();
    expect(await told({ ...bundle, content: { ...content, changelog: 'Better.' } })).toEqual([422, 'altered_bundle', '/bundle/content']);
    expect(await told({ ...bundle, digest: '0'.repeat(64) })).toEqual([422, 'altered_bundle', '/bundle/signature/value']);
    expect(await told({ ...bundle, integration: { ...integration, publisher: 'other' } })).toEqual([
      422,
      'altered_bundle',
      '/bundle/signature/value',
    ]);
    expect(await told({ ...bundle, signature: { ...signature, publicKey: other.publicKey } })).toEqual([
      422,
      'altered_bundle',
      '/bundle/signature/value',
    ]);
    expect(await told({ ...bundle, signature: { ...signature, publicKey: 'none' } })).toEqual([
      422,
      'altered_bundle',
      '/bundle/signature/publicKey',
    ]);
    expect(await told({ ...bundle, format: 'mortise-bundle/2' as never })).toEqual([422, 'invalid_body', '/bundle/format']);
  });
});

describe('the signer', () => {
  test('of a bundle signed anew by somebody else is unknown, and named by the fingerprint', async () => {
    const keys = newKeyPair();
    const forged = signedBy(keys, bundle, { changelog: 'Better.' });
    const problem = await imported(mirror, forged, {}, 409);
    expect(problem).toMatchObject({ code: 'unknown_signer', publicKey: keys.publicKey });
    expect(problem.detail).toContain(problem.fingerprint);
    await imported(mirror, forged, { acceptUnknownSigner: false }, 409);
  });
});

test('none of these requests changed a row', async () => {
  expect(await fingerprint(there.test)).toEqual(before);
});

describe('a whole bundle', () => {
  test('may come with its keys in any order and with spaces', async () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, each]) => [key, turned(each)]),
      );
    };
    const { status, body } = await send(JSON.stringify(turned(bundle), null, 2));
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body.importedFrom.digest).toBe(bundle.digest);
  });

  test('imported twenty times at once becomes one version', async () => {
    const team = await there.workspace('team');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => team.editor.call('POST', '/api/bundles', { workspaceId: team.id, bundle })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
    for (const { body } of answers.filter(({ status }) => status === 409))
      expect(body).toMatchObject({ code: 'version_exists', sameContent: true });
    expect((await team.viewer.get(`/api/integrations?workspace_id=${team.id}`)).pageInfo.total).toBe(1);
    expect((await team.viewer.get(`/api/entities?workspace_id=${team.id}`)).pageInfo.total).toBe(bundle.content.members.length);
  });

  test('of an unknown signer is imported when that is accepted, and stays marked as such', async () => {
    const team = await there.workspace();
    const keys = newKeyPair();
    const { id, importedFrom } = await imported(team, signedBy(keys, bundle), { acceptUnknownSigner: true });
    expect(importedFrom.signer).toMatchObject({ name: null, trusted: false });
    const trusted = await there.platform.post('/api/trusted-signers', { name: 'Late', publicKey: keys.publicKey }, 201);
    const origin = async () => (await team.viewer.get(`/api/integration-versions/${id}/origin`)).importedFrom.signer;
    expect(await origin()).toEqual({ fingerprint: trusted.fingerprint, name: 'Late', trusted: true });
  });

  test('is refused from the moment on that its signer is trusted no longer', async () => {
    const team = await there.workspace();
    const first = await imported(team, bundle);
    await there.platform.delete(`/api/trusted-signers/${signerId}`, 200);
    expect((await imported(team, bundle, { slug: 'again' }, 409)).code).toBe('unknown_signer');
    const { importedFrom } = await team.viewer.get(`/api/integration-versions/${first.id}/origin`);
    expect(importedFrom.signer).toMatchObject({ name: null, trusted: false });
  });
});

test('a body over the limit is 413, and one from whom nothing could let in is 403 before it is received', async () => {
  const body = ' '.repeat(IMPORT_LIMITS.bytes + 1);
  expect((await mirror.editor.call('POST', '/api/bundles', body)).body.code).toBe('payload_too_large');
  expect((await mirror.viewer.call('POST', '/api/bundles', body)).body.code).toBe('forbidden');
  const browser = await there.key(mirror.id, 'browser', 'publishable');
  expect((await browser.call('POST', '/api/bundles', body)).body.code).toBe('forbidden');
});

test('the example in the reference is what its key signed', async () => {
  const { bundle: packed } = parseJson(JSON.stringify({ bundle: exampleBundle }), IMPORT_LIMITS) as unknown as { bundle: Packed };
  await refuseAltered(packed);
});
