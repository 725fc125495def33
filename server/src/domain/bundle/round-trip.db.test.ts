import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MemberSpec, TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import { exported, imported, trust } from '../../../test/bundles.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { Kinds } from '../../lib/kinds.ts';

const PLAYBOOK = { name: 'playbook', prefix: 'plb', schema: { type: 'object', required: ['steps'] } };

let here: TestApi;
let there: TestApi;
let acme: TestWorkspace;
beforeAll(async () => {
  [here, there] = [await TestApi.start(new Kinds([PLAYBOOK])), await TestApi.start(new Kinds([PLAYBOOK]))];
  acme = await here.workspace('acme');
  await trust(there, here);
  await trust(here, there);
});
afterAll(() => Promise.all([here.stop(), there.stop()]));

/** JSON that can be stored. */
const json = fc
  .jsonValue({ maxDepth: 3, stringUnit: 'grapheme' })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '')) as Json);

/** Schemas and members by number; each member of `refs` is where in the other list a definition leads. */
const integration = fc.record({
  schemas: fc.array(fc.record({ refs: fc.array(fc.nat(9), { maxLength: 3 }), extra: json }), { maxLength: 5 }),
  members: fc.array(
    fc.record({
      kind: fc.constantFrom('agent', 'function', 'schema', 'playbook'),
      schemas: fc.array(fc.nat(9), { maxLength: 3 }),
      members: fc.array(fc.nat(9), { maxLength: 3 }),
      extra: json,
      required: fc.boolean(),
      forkOnInstall: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  changelog: fc.option(fc.string({ maxLength: 20 })),
});

const pick = <T>(items: readonly T[], places: readonly number[]): T[] =>
  places.flatMap((place) => items.slice(place % 10, (place % 10) + 1));

type Shape = typeof integration extends fc.Arbitrary<infer T> ? T : never;

let count = 0;

/** Makes and publishes it; the id of the version. */
async function published({ schemas, members }: Shape): Promise<string> {
  const made = await TestIntegration.create(acme, `random-${++count}`);
  const schemaIds: string[] = [];
  for (const place of schemas.keys()) schemaIds.push(await made.entity(`s${place}`, { kind: 'schema' }));
  for (const [place, { refs, extra }] of schemas.entries())
    await made.entity(`s${place}`, { definition: { refs: pick(schemaIds, refs), extra } });
  const memberIds: string[] = [];
  for (const [place, { kind }] of members.entries()) memberIds.push(await made.entity(`m${place}`, { kind, definition: { steps: [] } }));
  const definitionOf = (member: Shape['members'][number]): JsonObject => ({
    steps: pick(memberIds, member.members),
    [memberIds[0] ?? 'key']: 'an id as a key is no reference',
    takes: pick(schemaIds, member.schemas).map((id) => ({ id, text: `see ${id}` })),
    extra: member.extra,
  });
  const specs = members.map((member, place): [string, MemberSpec] => {
    const { kind, required, forkOnInstall } = member;
    return [`m${place}`, { kind, required, forkOnInstall, definition: definitionOf(member) }];
  });
  return (await made.publish('1.0.0', Object.fromEntries(specs))).id;
}

test('whatever is exported, imported elsewhere and exported again has the same content, and comes home unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(integration, async (shape) => {
      const [mirror, home] = [await there.workspace(), await here.workspace()];
      const first = await exported(acme, await published(shape));
      const away = await exported(mirror, (await imported(mirror, first)).id);
      expect(away.content).toEqual(first.content);
      expect(away.digest).toBe(first.digest);
      const back = await exported(home, (await imported(home, away)).id);
      expect(back.digest).toBe(first.digest);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('a kind that the importing server does not have is named, and a definition that breaks its schema there is refused', async () => {
  const made = await TestIntegration.create(acme, 'playbooks');
  const { id } = await made.publish('1.0.0', { p: { kind: 'playbook', definition: { steps: [] } } });
  const bundle = await exported(acme, id);
  const plain = await TestApi.start();
  const strict = await TestApi.start(new Kinds([{ ...PLAYBOOK, schema: { type: 'object', required: ['stages'] } }]));
  const renamed = await TestApi.start(new Kinds([{ ...PLAYBOOK, prefix: 'pbk' }]));
  try {
    const told = async (api: TestApi) => {
      await trust(api, here);
      const { errors } = await imported(await api.workspace('mirror'), bundle, {}, 422);
      return errors;
    };
    const at = (field: string) => ({ pointer: `/bundle/content/members/0/${field}` });
    expect(await told(plain)).toMatchObject([{ ...at('kind'), message: expect.stringContaining('MORTISE_KINDS') }]);
    expect(await told(strict)).toMatchObject([at('definition/stages')]);
    expect(await told(renamed)).toMatchObject([{ ...at('entityId'), message: `must be pbk_${'1'.padStart(26, '0')}` }]);
  } finally {
    await Promise.all([plain.stop(), strict.stop(), renamed.stop()]);
  }
});
