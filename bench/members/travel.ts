import { must } from '../../server/src/lib/must.ts';
import { type Timed, timed } from '../measure.ts';
import { upgradeBare, upgradeRows } from './bare-upgrade.ts';
import { checkInstall } from './clones.ts';
import { Journey, type Moved } from './journey.ts';
import type { Running, Tenant } from './stage.ts';

/** The versions that an install moves through, by what the publisher changed in them. */
export interface Versions {
  readonly first: string;
  readonly equal: string;
  readonly few: string;
  readonly all: string;
  readonly allAgain: string;
  readonly tenth: string;
}

/** What one step took: seconds, statements of the server, and what it came to. */
export interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly statements: number | null;
  readonly note: string;
}

/** The step that the others are compared with. */
export const FULL = 'all changed';

/** The whole way of one install. Throws where a step does not come to what it has to. */
export async function travel(running: Running, tenant: Tenant, integrationId: string, versions: Versions, size: number): Promise<Step[]> {
  const journey = await Journey.begin(running.as(tenant), tenant, integrationId, versions.first);
  const { installId } = journey;
  const steps: Step[] = [];

  async function step<T>(name: string, work: () => Promise<Timed<T>>, tell: (result: T) => string, expected?: string): Promise<T> {
    const before = await running.server.statements();
    const { seconds, result } = await work();
    const note = tell(result);
    if (expected !== undefined && note !== expected) throw new Error(`${name}: ${note}, and not ${expected}`);
    steps.push({ name, seconds, statements: (await running.server.statements()) - before, note });
    console.error(`${name}: ${seconds.toFixed(2)} s`);
    return result;
  }
  const upgrade = (name: string, version: string, updated: number) =>
    step(name, () => journey.upgrade(version), told, `${updated} updated`);
  const check = (version: string) => checkInstall(running.owner, installId, version, size);
  const silently = () => '';

  await upgrade('nothing changed, same version', versions.first, 0);
  await upgrade('nothing changed, new version', versions.equal, 0);
  const { revision } = await upgrade('1 % changed', versions.few, Math.ceil(size / 100));
  await check(versions.few);
  await step(
    'plan of all changed',
    () => journey.plan(versions.all),
    ({ updated }) => `${updated.length} to update`,
    `${size} to update`,
  );
  await upgrade(FULL, versions.all, size);
  await check(versions.all);
  await step('rollback of that', () => journey.rollback(must(revision, 'the upgrade changed something')), told, `${size} updated`);
  await check(versions.few);
  steps.push(await bareStep(running, tenant, installId, versions));
  await check(versions.allAgain);
  await upgrade('nothing changed, same version', versions.allAgain, 0);
  await journey.edit(running.owner, Math.ceil(size / 10));
  await step(
    '10 % detached, merged',
    () => journey.upgrade(versions.tenth, 'merge'),
    ({ merged }) => `${merged.length} merged`,
    `${Math.ceil(size / 10)} merged`,
  );
  await check(versions.tenth);
  await step(
    'list of members',
    () => journey.members(),
    ({ members }) => `${members.length} members`,
    `${size} members`,
  );
  await step('uninstall', () => journey.uninstall(), silently);
  await step('restore', () => journey.restore(), silently);
  await check(versions.tenth);
  await journey.uninstall();
  await step('purge', () => journey.purge(), silently);
  return steps;
}

const told = ({ updated }: Moved): string => `${updated.length} updated`;

async function bareStep({ owner }: Running, { userId }: Tenant, installId: string, { allAgain }: Versions): Promise<Step> {
  const rows = await upgradeRows(owner, installId, allAgain);
  const { seconds } = await timed(() => upgradeBare(owner, rows, { by: userId, at: new Date() }));
  return { name: 'all changed, bare SQL', seconds, statements: null, note: `${rows.slugs.length} updated` };
}
