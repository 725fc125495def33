/** What `check` warns of: publish lets it through, and it may not be meant. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../../test/api.ts';
import { lookAlikes } from '../entity/references.ts';

let api: TestApi;
let team: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('acme');
});
afterAll(() => api.stop());

const check = (made: TestIntegration) => team.editor.post(`/api/integrations/${made.id}/check`, {}, 200);
const SCHEMA = { variablesSchema: { type: 'object', properties: { a: { type: 'string' }, team: { type: 'string' } } } };
const CLONE = { forkOnInstall: true };

describe('look-alike tokens', () => {
  const names = new Set(['a', 'team']);
  test.each([
    '{{ variables.a | upper }}',
    '{{ Variables.a }}',
    '{{variables.a.b}}',
    '{{ VARIABLES.a }}',
    '{{ variable.a }}',
    '{{ vars.a }}',
    '{{ variables["a"] }}',
    '{{ variables . a }}',
    '{{ $variables.a }}',
    '{{- variables.a -}}',
    '{{ team }}',
  ])('%s is one', (token) => {
    expect(lookAlikes(`x ${token} y`, names)).toEqual([token]);
  });

  test.each([
    '{{ variables.a }}',
    '{{variables.a}}',
    '{{ customer.name }}',
    '{{#each items}}',
    '{{ invariable.x }}',
    'variables.a',
    '{{}}',
    '{{ b }}',
  ])('%s is none', (text) => {
    expect(lookAlikes(text, names)).toEqual([]);
  });

  test('are told with member and pointer, in clones', async () => {
    const made = await TestIntegration.create(team, 'tokens');
    await made.draft(
      {
        plain: { definition: { text: '{{ Variables.a }}' } },
        guide: { ...CLONE, definition: { deep: ['ok', { 't/x': 'Hi {{ variables.a | upper }}' }], fine: '{{ variables.a }}' } },
      },
      SCHEMA,
    );
    const { publishable, warnings } = await check(made);
    expect(publishable).toBe(true);
    expect(warnings).toEqual([
      {
        pointer: '/manifest/members/1',
        code: 'look_alike_token',
        member: 'guide',
        place: '/deep/1/t~1x',
        message: expect.stringContaining('{{ variables.a | upper }}'),
      },
    ]);
  });

  test('a token in a member that is only referred to is never filled in', async () => {
    const made = await TestIntegration.create(team, 'referred');
    await made.draft({ guide: { definition: { text: '{{ variables.a }}' } } }, SCHEMA);
    expect((await check(made)).warnings).toMatchObject([{ pointer: '/manifest/members/0', code: 'unfilled_token', member: 'guide' }]);
  });
});

test('private and unlisted dependencies are told: not everybody who sees the integration sees these', async () => {
  for (const slug of ['hidden', 'unlisted', 'open']) {
    const made = await TestIntegration.create(team, slug);
    await made.publish('1.0.0', { a: {} });
    if (slug === 'unlisted') await team.editor.post(`/api/integrations/${made.id}/visibility`, { visibility: 'unlisted' }, 200);
    if (slug === 'open') await api.platform.post(`/api/integrations/${made.id}/visibility`, { visibility: 'public' }, 200);
  }
  const made = await TestIntegration.create(team, 'depends');
  const dependencies = ['open', 'hidden', 'unlisted'].map((slug) => ({ integration: `acme/${slug}`, range: '^1.0' }));
  await made.draft({ a: {} }, { manifest: { dependencies } });
  const { warnings } = await check(made);
  expect(warnings.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code])).toEqual([
    ['/manifest/dependencies/1/integration', 'private_dependency'],
    ['/manifest/dependencies/2/integration', 'private_dependency'],
  ]);
});

test('a slug that passes to another entity is told; one that is renamed, or stays, is not', async () => {
  const made = await TestIntegration.create(team, 'slugs');
  await made.publish('1.0.0', { one: CLONE, two: CLONE, old: CLONE });
  const [one, old] = [made.source('one'), made.source('old')];
  made.entities.set('one', await made.entity('other'));
  made.entities.set('new', old);
  await made.draft({ one: CLONE, two: CLONE, new: { ...CLONE, renamedFrom: 'old' } });
  const { warnings } = await check(made);
  expect(warnings).toMatchObject([{ pointer: '/manifest/members/0/slug', code: 'slug_passes_on', member: 'one' }]);
  expect(warnings[0].message).toContain(`${one} in 1.0.0 and is ${made.source('one')} now`);
});
