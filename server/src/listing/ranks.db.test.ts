/** Names in the order of people, versions in that of SemVer, wherever lists order or compare them. */
import fc from 'fast-check';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestApi, TestIntegration, type TestWorkspace } from '../../test/api.ts';
import { folded, marked } from '../lib/folded.ts';
import { compareVersions } from '../lib/semver.ts';

let api: TestApi;
let team: TestWorkspace;
beforeAll(async () => {
  api = await TestApi.start();
  team = await api.workspace('team');
});
afterAll(() => api.stop());

const db = () => api.test.owner.db;

/** Every character that a text may hold. */
const ALL = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) => code > 0 && (code < 0xd800 || code > 0xdfff));

describe('the functions of the database', () => {
  /** What Unicode has taken apart since this PostgreSQL was made: nobody's name yet. */
  const newer = new Set<number>();
  beforeAll(async () => {
    const known = await db().many<{ code: number }>(
      sql`select c as code from unnest(${ALL}::int[]) c where normalize(chr(c), NFKD) <> chr(c)`,
    );
    const apart = new Set(known.map(({ code }) => code));
    const mine = ALL.filter((code) => String.fromCodePoint(code).normalize('NFKD') !== String.fromCodePoint(code));
    for (const code of mine) if (!apart.has(code)) newer.add(code);
    expect(newer.size).toBeLessThan(200);
  });

  test('fold every character as the server does', async () => {
    const all = ALL.filter((code) => !newer.has(code));
    const rows = await db().many<{ code: number; marked: string; folded: string }>(
      sql`select c as code, marked('a' || chr(c) || 'b') as marked, folded('a' || chr(c) || 'b') as folded from unnest(${all}::int[]) c
        where octet_length(marked('a' || chr(c) || 'b')) <> octet_length(chr(c)) + 2 or marked('a' || chr(c) || 'b') <> 'a' || chr(c) || 'b'
          or folded('a' || chr(c) || 'b') <> 'a' || chr(c) || 'b'`,
    );
    const changed = new Map(rows.map((row) => [row.code, row]));
    const wrong = all.filter((code) => {
      const value = `a${String.fromCodePoint(code)}b`;
      const row = changed.get(code) ?? { marked: value, folded: value };
      return row.marked !== marked(value) || row.folded !== folded(value);
    });
    expect(wrong.map((code) => code.toString(16))).toEqual([]);
  });

  test('fold whole texts as the server does', async () => {
    const texts = fc.sample(
      fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
        .filter((text) => ![...text].some((each) => each === '\0' || newer.has(each.codePointAt(0) ?? 0))),
      2_000,
    );
    const rows = await db().many<{ marked: string; folded: string }>(
      sql`select marked(v) as marked, folded(v) as folded from unnest(${texts}::text[]) with ordinality as t(v, n) order by n`,
    );
    expect(rows).toEqual(texts.map((text) => ({ marked: marked(text), folded: folded(text) })));
  });

  test('make no key that an index could not hold', async () => {
    const { longest } = await db().one<{ longest: number }>(
      sql`select max(octet_length(name_key(repeat(c, 200)))) as longest from unnest(array['ﷺ', '1a', '🚢', '٣b', '9', '½']) c`,
    );
    expect(longest).toBeLessThanOrEqual(1_600);
  });
});

/** In the order in which people look for them. */
const NAMES = [
  '',
  '7 Wonders',
  '42',
  '100 days',
  'Äpfel',
  'apple 2',
  'Apple 10',
  'Banane',
  'Échelle',
  'Eclair',
  'étude',
  'Straße 9',
  'strasse 10',
  'Zoë',
  'Ёлка',
  'Иван',
  'Йод',
];

describe('names', () => {
  const spelt = (name: string) => `Q${name}`;
  beforeAll(async () => {
    for (const [index, name] of [...NAMES.keys()].map((at) => [at * 7, NAMES[(at * 7) % NAMES.length] ?? ''] as const))
      await team.editor.post(
        '/api/entities',
        { workspaceId: team.id, kind: 'prompt', slug: `n-${index}`, name: spelt(name), definition: {} },
        201,
      );
  });
  const search = (more: object) => team.viewer.post('/api/entities/search', { filter: { kind: 'prompt' }, ...more }, 200);
  const namesOf = (page: { data: { name: string }[] }) => page.data.map(({ name }) => name.slice(1));

  test('are in the order of people: case and accents do not count, numbers by their value', async () => {
    expect(namesOf(await search({ orderBy: [{ name: 'asc' }] }))).toEqual(NAMES);
    expect(namesOf(await search({ orderBy: [{ name: 'desc' }] }))).toEqual(NAMES.toReversed());
  });

  test('pages by them have each row once, forward and back', async () => {
    const walk = async (way: 'after' | 'before') => {
      const found: string[][] = [];
      for (let cursor: string | null = null; ; ) {
        const page: { data: { name: string }[]; pageInfo: Record<string, never> } = await search({
          orderBy: [{ name: 'asc' }],
          limit: 3,
          ...(cursor === null ? {} : { [way]: cursor }),
        });
        found.push(namesOf(page));
        cursor = way === 'after' ? (page.pageInfo.endCursor ?? null) : (page.pageInfo.startCursor ?? null);
        if (way === 'after' ? !page.pageInfo.hasNextPage : !page.pageInfo.hasPreviousPage) return found;
      }
    };
    expect((await walk('after')).flat()).toEqual(NAMES);
    const { pageInfo } = await search({ orderBy: [{ name: 'desc' }], limit: 1 });
    expect(pageInfo.total).toBe(NAMES.length);
  });

  test('lt to gte compare in the same order, = by text', async () => {
    const found = async (name: object | string) => namesOf(await search({ filter: { kind: 'prompt', name }, orderBy: [{ name: 'asc' }] }));
    expect(await found({ gte: 'qETUDE', lt: 'qstrasse 10' })).toEqual(['étude', 'Straße 9']);
    expect(await found({ gt: 'qapple 2', lte: 'QAPPLE 010' })).toEqual(['Apple 10']);
    expect(await found('Qétude')).toEqual(['étude']);
    expect(await found('qetude')).toEqual([]);
  });

  test('of related rows, and of published integrations, are in that order too', async () => {
    const publishers = await Promise.all(
      ['Zeta', 'álpha', 'Beta 10', 'beta 9'].map((name, n) => api.platform.post('/api/workspaces', { name, handle: `p-${n}` }, 201)),
    );
    for (const { id, name, handle } of publishers)
      await api.platform.post('/api/integrations', { workspaceId: id, slug: 'x', name: `From ${name}`, publisher: handle }, 201);
    const ids = publishers.map(({ id }) => id);
    const order = ['álpha', 'beta 9', 'Beta 10', 'Zeta'];
    const list = async (orderBy: object[]) =>
      (await api.platform.post('/api/integrations/search', { filter: { workspaceId: { in: ids } }, orderBy }, 200)).data.map(
        ({ name }: { name: string }) => name,
      );
    expect(await list([{ workspace: { name: 'asc' } }])).toEqual(order.map((name) => `From ${name}`));
    expect(await list([{ name: 'asc' }])).toEqual(order.map((name) => `From ${name}`));
    const face = await TestIntegration.create(team, 'face', { name: 'Écran 9' });
    await face.publish('1.0.0', { a: {} });
    const { key } = await db().one<{ key: string }>(sql`select name_key as key from published_integrations where id = ${face.id}`);
    expect(key).toBe('ecran 00019');
  });
});

describe('icontains', () => {
  beforeAll(async () => {
    const spellings = ['Café', 'cafe\u0301s', 'CAFE', 'Łódź', 'Straße', 'Ångström', 'Crème Brûlée'];
    for (const [n, description] of spellings.entries())
      await team.editor.post(
        '/api/entities',
        { workspaceId: team.id, kind: 'model', slug: `i-${n}`, name: `n${n}`, description, definition: {} },
        201,
      );
  });
  const found = async (op: string, value: string) =>
    (
      await team.viewer.post(
        '/api/entities/search',
        { filter: { kind: 'model', description: { [op]: value } }, orderBy: [{ name: 'asc' }] },
        200,
      )
    ).data.map(({ name }: { name: string }) => Number(name.slice(1)));

  test.each([
    ['cafe', [0, 1, 2]],
    ['cafes', [1]],
    ['CAFÉ', [0, 1]],
    ['cafe\u0301', [0, 1]],
    ['café', [0, 1]],
    ['cafès', []],
    ['lodz', [3]],
    ['łodz', [3]],
    ['STRASSE', [4]],
    ['angstrom', [5]],
    ['A\u030angstrom', [5]],
    ['brulee', [6]],
    ['crème brulee', [6]],
    ['crémé', []],
    ['%', []],
    ['.é', []],
  ] as const)('%j: NFC finds NFD, and é is found by e, not e by é', async (asked, expected) => {
    expect(await found('icontains', asked)).toEqual(expected);
  });

  test('so do istartsWith and iendsWith; contains stays exact', async () => {
    expect(await found('istartsWith', 'caf')).toEqual([0, 1, 2]);
    expect(await found('istartsWith', 'café')).toEqual([0, 1]);
    expect(await found('iendsWith', 'fe')).toEqual([0, 2]);
    expect(await found('iendsWith', 'fé')).toEqual([0]);
    expect(await found('contains', 'é')).toEqual([0, 6]);
    expect(await found('startsWith', 'cafe')).toEqual([1]);
  });

  test('a text as long as a filter takes is no error', async () => {
    for (const letter of ['é', 'e', '[', '\\', '%', '🚢', '\u0301']) expect(await found('icontains', letter.repeat(2_000))).toEqual([]);
  });
});

describe('versions', () => {
  const SORTED = ['0.9.0', '1.0.0-alpha.2', '1.0.0-alpha.10', '1.0.0-rc.1', '1.0.0', '1.2.0+b', '1.10.0', '2.0.0'];
  let integration: TestIntegration;
  let foreign: TestWorkspace;
  beforeAll(async () => {
    integration = await TestIntegration.create(team, 'versioned');
    for (const version of ['1.10.0', '0.9.0', '1.0.0-alpha.10', '2.0.0', '1.0.0', '1.0.0-rc.1', '1.0.0-alpha.2', '1.2.0+b'])
      await integration.publish(version, { a: { definition: { version } } });
    foreign = await api.workspace('foreign');
  });
  const search = async (more: object) =>
    (await team.viewer.post('/api/integration-versions/search', { integration_id: integration.id, ...more }, 200)).data.map(
      ({ version }: { version: string }) => version,
    );

  test('are in the order of their precedence, the highest first where nothing is asked', async () => {
    expect(await search({ orderBy: [{ version: 'asc' }] })).toEqual(SORTED);
    expect(await search({})).toEqual(SORTED.toReversed());
  });

  test('are compared by precedence; = is text', async () => {
    expect(await search({ filter: { version: { gt: '1.2.0' } } })).toEqual(['2.0.0', '1.10.0']);
    expect(await search({ filter: { version: { gte: '1.0.0-alpha.10', lte: '1.2.0' } }, orderBy: [{ version: 'asc' }] })).toEqual(
      SORTED.slice(2, 6),
    );
    expect(await search({ filter: { version: '1.2.0' } })).toEqual([]);
    expect(await search({ filter: { version: '1.2.0+b' } })).toEqual(['1.2.0+b']);
    const refused = await team.viewer.call('POST', '/api/integration-versions/search', { filter: { version: { gt: '1.2' } } });
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [{ pointer: '/filter/version/gt', message: 'must be a version, such as 1.2.3, to be compared in this way' }],
    ]);
  });

  test('random ones, too', async () => {
    const versions = fc.sample(
      fc
        .tuple(fc.nat(30), fc.nat(3), fc.nat(12), fc.constantFrom('', '-a', '-a.9', '-a.11', '-9'))
        .map(([a, b, c, d]) => `${a}.${b}.${c}${d}`),
      60,
    );
    for (const version of new Set(versions))
      if (!SORTED.includes(version)) await integration.publish(version, { a: { definition: { version } } });
    const all: string[] = await search({ orderBy: [{ version: 'asc' }] });
    expect(all).toEqual(all.toSorted(compareVersions));
  });

  test('of integrations, installs and relations are compared in the same way', async () => {
    const [ten, nine] = [await TestIntegration.create(foreign, 'ten'), await TestIntegration.create(foreign, 'nine')];
    await ten.publish('1.10.0', { a: {} });
    await nine.publish('1.9.0', { a: {} });
    const order = { filter: { workspaceId: foreign.id }, orderBy: [{ currentVersion: 'asc' }] };
    const { data } = await foreign.viewer.post('/api/integrations/search', order, 200);
    expect(data.map(({ slug }: { slug: string }) => slug)).toEqual(['nine', 'ten']);
    const above = { filter: { currentVersion: { gt: '1.9.9' } } };
    expect(
      (await foreign.viewer.post('/api/integrations/search', { ...above, workspace_id: foreign.id }, 200)).data.map(
        ({ slug }: { slug: string }) => slug,
      ),
    ).toEqual(['ten']);
    for (const each of [ten, nine]) await foreign.editor.post(`/api/integrations/${each.id}/install`, { workspaceId: foreign.id }, 201);
    await ten.publish('1.11.0', { a: {} });
    await nine.publish('1.9.5', { a: {} });
    const installs = async (filter: object, orderBy: object[] = []) =>
      (await foreign.viewer.post('/api/integration-installs/search', { filter, orderBy }, 200)).data.map(
        ({ integrationId }: { integrationId: string }) => integrationId,
      );
    expect(await installs({ availableVersion: { gte: '1.10.0' } })).toEqual([ten.id]);
    expect(await installs({ version: { version: { lt: '1.10.0' } } })).toEqual([nine.id]);
    expect(await installs({}, [{ version: { version: 'asc' } }])).toEqual([nine.id, ten.id]);
  });
});
