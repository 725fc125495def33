/** What is asked of each operation: the largest that is legal, on the largest rows that there may be. Later steps stand on earlier ones. */
import type { JsonObject } from '../../src/lib/json.ts';
import { HEAVY, SCHEMA, type Sources, type Tenant } from './stage.ts';

export interface World {
  readonly publisher: Tenant;
  readonly buyer: Tenant;
  /** As many entities as a manifest can name, and some that are as large as may be. */
  readonly wide: Sources;
  readonly heavy: Sources;
  /** Ids of what steps made, by name. */
  readonly made: Record<string, string>;
}

export interface Step {
  readonly operation: string;
  readonly what: string;
  /** What has to be there before, and is not measured. */
  readonly before?: (world: World) => Promise<unknown>;
  readonly run: (world: World) => Promise<unknown>;
}

type Work = (world: World) => Promise<JsonObject>;

/** Asks as the publisher, or as the buyer; `at`: the path, with what was made in braces. */
const ask =
  (who: 'publisher' | 'buyer', method: string, at: string, body: (world: World) => unknown, status: number): Work =>
  (world) =>
    world[who].ask(
      method,
      at.replaceAll(/\{([^}]+)\}/g, (_, name: string) => world.made[name] ?? name),
      body(world),
      status,
    );
const get = (who: 'publisher' | 'buyer', at: string): Work => ask(who, 'GET', at, () => undefined, 200);
const keep =
  (name: string, work: Work): Work =>
  async (world) => {
    const answer = await work(world);
    world.made[name] = String(answer.id);
    return answer;
  };
const inOrder =
  (...works: readonly ((world: World) => Promise<unknown>)[]) =>
  async (world: World) => {
    for (const work of works) await work(world);
  };

const wide = ({ wide: { ids } }: World, extra: JsonObject = {}): JsonObject => ({
  members: ids.map((entityId, i) => ({
    slug: `m${i}`,
    entityId,
    kind: 'function',
    forkOnInstall: true,
    ...(i > 0 && { dependsOn: [`m${i - 1}`] }),
    ...extra,
  })),
});
const heavy = ({ heavy: { ids } }: World): JsonObject => ({
  members: ids.map((entityId, i) => ({ slug: `h${i}`, entityId, kind: 'function', forkOnInstall: true, required: true })),
});
/** Every rule is broken, many thousand times. */
const bad = ({
  wide: { ids },
  heavy: {
    ids: [one = ''],
  },
}: World): JsonObject => ({
  members: ids.map((id, i) => ({
    slug: i % 2 === 0 ? 'same' : `s${i}`,
    entityId: i % 3 === 0 ? one : `fun_0000${id.slice(8)}`,
    kind: 'agent',
    dependsOn: [`s${(i + 2) % ids.length}`, 'nobody'],
  })),
});

const create = (slug: string, more: (world: World) => JsonObject): Work =>
  ask('publisher', 'POST', '/api/integrations', (world) => ({ workspaceId: world.publisher.id, slug, name: slug, ...more(world) }), 201);
const publish = (name: string, version: string, status = 201): Work =>
  ask('publisher', 'POST', `/api/integrations/{${name}}/publish`, () => ({ version }), status);
const unlist = (name: string): Work =>
  ask('publisher', 'POST', `/api/integrations/{${name}}/visibility`, () => ({ visibility: 'unlisted' }), 200);
const CALM = { tone: 'calm', name: 'somebody' };
const installed = (name: string): Work =>
  ask(
    'buyer',
    'POST',
    `/api/integrations/{${name}}/install`,
    ({ buyer }) => ({ workspaceId: buyer.id, memberPolicy: 'auto_all', variables: CALM }),
    201,
  );
const planned = (name: string): Work =>
  ask(
    'buyer',
    'POST',
    `/api/integrations/{${name}}/install-plan`,
    ({ buyer }) => ({ workspaceId: buyer.id, memberPolicy: 'auto_all', variables: CALM }),
    200,
  );
const at = (name: string, more = '') => `/api/integration-installs/{${name}}${more}`;

/** The workspace makes every heavy clone its own. */
const editClones = async (world: World): Promise<void> => {
  const { members } = await get('buyer', at('heavy install', '/members'))(world);
  for (const { sourceMemberSlug: slug, entityId, id } of members as { sourceMemberSlug: string; entityId: string; id: string }[]) {
    world.made[slug] = id;
    await world.buyer.ask('PATCH', `/api/entities/${entityId}`, { definition: HEAVY[Number(slug.slice(1))]?.(2) }, 200);
  }
};

const entitySteps = HEAVY.flatMap((definition, i): Step[] => [
  {
    operation: 'createEntity',
    what: `a definition of 1 MiB (${i})`,
    run: keep(
      `entity ${i}`,
      ask(
        'publisher',
        'POST',
        '/api/entities',
        ({ publisher }) => ({ workspaceId: publisher.id, kind: 'function', slug: `large-${i}`, name: 'large', definition: definition(0) }),
        201,
      ),
    ),
  },
  {
    operation: 'updateEntity',
    what: `a definition of 1 MiB (${i})`,
    run: ask('publisher', 'PATCH', `/api/entities/{entity ${i}}`, () => ({ definition: definition(3) }), 200),
  },
]);

const draftSteps: readonly Step[] = [
  { operation: 'getEntity', what: 'a definition of 1 MiB', run: get('publisher', '/api/entities/{entity 0}') },
  {
    operation: 'createIntegration',
    what: '8,000 members',
    run: keep(
      'wide',
      create('wide', (world) => ({ manifest: wide(world) })),
    ),
  },
  {
    operation: 'createIntegration',
    what: 'members that break every rule',
    run: keep(
      'bad',
      create('bad', (world) => ({ manifest: bad(world) })),
    ),
  },
  { operation: 'previewIntegrationMembers', what: 'a draft of 8,000 members', run: get('publisher', '/api/integrations/{wide}/members') },
  {
    operation: 'previewIntegrationMembers',
    what: 'a draft that breaks every rule',
    run: get('publisher', '/api/integrations/{bad}/members'),
  },
  {
    operation: 'checkIntegration',
    what: '8,000 members',
    run: ask('publisher', 'POST', '/api/integrations/{wide}/check', () => ({}), 200),
  },
  {
    operation: 'checkIntegration',
    what: 'a draft that breaks every rule',
    run: ask('publisher', 'POST', '/api/integrations/{bad}/check', () => ({}), 200),
  },
  { operation: 'publishIntegration', what: 'a draft that breaks every rule', run: publish('bad', '1.0.0', 422) },
  {
    operation: 'updateIntegration',
    what: 'a variables schema at its caps',
    run: ask('publisher', 'PATCH', '/api/integrations/{wide}', () => ({ variablesSchema: SCHEMA }), 200),
  },
  { operation: 'publishIntegration', what: '8,000 members', run: keep('wide 1', publish('wide', '1.0.0')) },
  {
    operation: 'publishIntegration',
    what: 'definitions of 1 MiB',
    before: keep(
      'heavy',
      create('heavy', (world) => ({ manifest: heavy(world), variablesSchema: SCHEMA })),
    ),
    run: keep('heavy 1', publish('heavy', '1.0.0')),
  },
  { operation: 'previewIntegrationMembers', what: 'a version of 8,000 members', run: get('publisher', '/api/integrations/{wide}/members') },
  { operation: 'listIntegrations', what: 'large manifests', run: get('publisher', '/api/integrations?limit=100') },
];

const installSteps: readonly Step[] = [
  {
    operation: 'planInstall',
    what: '8,000 members, a schema at its caps',
    before: inOrder(unlist('wide'), unlist('heavy')),
    run: planned('wide'),
  },
  { operation: 'planInstall', what: 'definitions of 1 MiB', run: planned('heavy') },
  {
    operation: 'installIntegration',
    what: '8,000 members, a schema at its caps',
    run: keep('wide install', installed('wide')),
  },
  { operation: 'installIntegration', what: 'definitions of 1 MiB', run: keep('heavy install', installed('heavy')) },
  { operation: 'listInstallMembers', what: '8,000 members', run: get('buyer', at('wide install', '/members')) },
  {
    operation: 'updateIntegrationInstall',
    what: '8,000 clones rendered again',
    run: ask('buyer', 'PATCH', at('wide install'), () => ({ variables: { ...CALM, tone: 'x'.repeat(400) } }), 200),
  },
  {
    operation: 'publishIntegration',
    what: '8,000 changed members',
    before: async ({ wide: sources, heavy: large }) => {
      await sources.define((place, ids) => ({ edition: 2, tone: '{{ variables.tone }}', next: ids[(place + 1) % ids.length] ?? '' }));
      await large.define((place) => HEAVY[place]?.(1) ?? {});
    },
    run: keep('wide 2', publish('wide', '2.0.0')),
  },
  {
    operation: 'checkIntegration',
    what: 'definitions of 1 MiB that changed',
    run: ask('publisher', 'POST', '/api/integrations/{heavy}/check', () => ({}), 200),
  },
  { operation: 'diffIntegrationVersions', what: '8,000 changed members', run: get('publisher', '/api/integration-versions/{wide 2}/diff') },
  {
    operation: 'diffIntegrationVersions',
    what: 'definitions of 1 MiB',
    before: keep('heavy 2', publish('heavy', '2.0.0')),
    run: get('publisher', '/api/integration-versions/{heavy 2}/diff'),
  },
  {
    operation: 'planWorkspaceUpgrade',
    what: '8,000 members, and definitions of 1 MiB',
    run: ask('buyer', 'POST', '/api/installs/upgrade-plan', ({ buyer }) => ({ workspaceId: buyer.id }), 200),
  },
  { operation: 'planUpgrade', what: '8,000 members', run: ask('buyer', 'POST', at('wide install', '/upgrade-plan'), () => ({}), 200) },
  { operation: 'upgradeInstall', what: '8,000 members', run: ask('buyer', 'POST', at('wide install', '/upgrade'), () => ({}), 200) },
  {
    operation: 'planUpgrade',
    what: 'merging definitions of 1 MiB',
    before: editClones,
    run: ask('buyer', 'POST', at('heavy install', '/upgrade-plan'), () => ({ strategy: 'merge' }), 200),
  },
  {
    operation: 'upgradeWorkspace',
    what: 'merging definitions of 1 MiB, which are in conflict',
    run: ask('buyer', 'POST', '/api/installs/upgrade', ({ buyer }) => ({ workspaceId: buyer.id }), 200),
  },
  ...HEAVY.map(
    (_, i): Step => ({
      operation: 'diffIntegrationMember',
      what: `a clone of 1 MiB (${i})`,
      run: get('buyer', `/api/integration-members/{h${i}}/diff`),
    }),
  ),
  {
    operation: 'upgradeInstall',
    what: 'merging definitions of 1 MiB',
    run: ask('buyer', 'POST', at('heavy install', '/upgrade'), () => ({ strategy: 'merge', detail: true }), 200),
  },
  ...[1, 8].map(
    (i): Step => ({
      operation: 'resolveIntegrationMember',
      what: `a clone of 1 MiB (${i})`,
      run: ask('buyer', 'POST', `/api/integration-members/{h${i}}/resolve`, () => ({ resolutions: [{ pick: 'theirs' }] }), 200),
    }),
  ),
  {
    operation: 'rollbackInstall',
    what: 'definitions of 1 MiB that were edited',
    run: ask('buyer', 'POST', at('heavy install', '/rollback'), () => ({ revision: 1 }), 200),
  },
  {
    operation: 'rollbackInstall',
    what: '8,000 members',
    run: ask('buyer', 'POST', at('wide install', '/rollback'), () => ({ revision: 1 }), 200),
  },
  {
    operation: 'addInstallMembers',
    what: '8,000 slugs',
    run: ask('buyer', 'POST', at('wide install', '/members'), ({ wide: { ids } }) => ({ slugs: ids.map((_, i) => `m${i}`) }), 200),
  },
  {
    operation: 'dropIntegrationMember',
    what: 'of 8,000 members',
    before: async (world) => {
      const { members } = await get('buyer', at('wide install', '/members'))(world);
      world.made.last = String(
        (members as { sourceMemberSlug: string; id: string }[]).find(
          ({ sourceMemberSlug }) => sourceMemberSlug === `m${world.wide.ids.length - 1}`,
        )?.id,
      );
    },
    run: ask('buyer', 'DELETE', '/api/integration-members/{last}', () => undefined, 200),
  },
  { operation: 'exportBundle', what: 'definitions of 1 MiB', run: get('publisher', '/api/integration-versions/{heavy 1}/bundle') },
  { operation: 'exportBundle', what: '8,000 members', run: get('publisher', '/api/integration-versions/{wide 1}/bundle') },
  {
    operation: 'importBundle',
    what: '8,000 members',
    run: async (world) => {
      const bundle = await get('publisher', '/api/integration-versions/{wide 1}/bundle')(world);
      await world.buyer.ask('POST', '/api/bundles', { workspaceId: world.buyer.id, bundle }, 201);
    },
  },
  {
    operation: 'importBundle',
    what: 'definitions of 1 MiB',
    run: async (world) => {
      const bundle = await get('publisher', '/api/integration-versions/{heavy 1}/bundle')(world);
      await world.buyer.ask('POST', '/api/bundles', { workspaceId: world.buyer.id, bundle }, 201);
    },
  },
  { operation: 'deleteIntegrationInstall', what: '8,000 members', run: ask('buyer', 'DELETE', at('wide install'), () => undefined, 200) },
  {
    operation: 'restoreIntegrationInstall',
    what: '8,000 members',
    run: ask('buyer', 'POST', at('wide install', '/restore'), () => undefined, 200),
  },
  {
    operation: 'purgeIntegrationInstall',
    what: '8,000 members',
    before: ask('buyer', 'DELETE', at('wide install'), () => undefined, 200),
    run: ask('buyer', 'DELETE', at('wide install', '/purge'), () => undefined, 200),
  },
];

export const STEPS: readonly Step[] = [...entitySteps, ...draftSteps, ...installSteps];
