/** Upgrades of all installs of a workspace: what is clean goes, each with what has to move along; what needs a person is told, with why. */
import type { Static } from 'typebox';
import type { ReadCtx, StepCtx, WriteCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';
import { jsonInTurns } from '../../lib/json-pieces.ts';
import { jumpOf } from '../../lib/semver.ts';
import { Turns } from '../../lib/turns.ts';
import type { Reply } from '../../route.ts';
import { loadBehind } from './behind.ts';
import { storing } from './change/materialize.ts';
import { presentState, presentTogether, presentUpgrade, sealPlan } from './change/plan-digest.ts';
import { Preview } from './change/preview.ts';
import { type Group, groupOf, lockGroup } from './group.ts';
import { applyGroup, holdGroup, type Options, planGroup, toldOf, whichOf } from './upgrade.ts';
import { type Reason, reasonOf, reasonsBefore, reasonsIn } from './verdict.ts';
import type { WorkspaceUpgrade } from './workspace-upgrade-schema.ts';

type Body = Static<typeof WorkspaceUpgrade>;

const optionsOf = ({ strategy = 'merge' }: Body): Options => ({ strategy, with: 'dependencies' });

/** What the upgrade of the workspace would do, install by install, each seen for itself. Writes nothing. */
export async function planWorkspaceUpgrade(ctx: ReadCtx, { body }: { body: Body }): Promise<Reply> {
  const { page, next } = await loadBehind(ctx, body.workspaceId, body);
  const turns = new Turns();
  const installs: object[] = [];
  for (const id of page) {
    installs.push(await foresee(ctx, await groupOf(ctx, id, { with: 'dependencies' }), optionsOf(body)));
    await turns.pass();
  }
  return jsonInTurns({ installs, next });
}

async function foresee(ctx: ReadCtx, group: Group, options: Options): Promise<object> {
  const preview = new Preview();
  const before = await reasonsBefore(ctx, group);
  const rises = await planGroup(ctx, group, options, () => preview);
  const refused = [...preview.refused.values()].map((problem) => reasonOf(problem, null));
  const why = [...before, ...refused, ...reasonsIn(rises)];
  const { from, to } = group.root;
  const done = rises.map((rise) => ({ ...rise, revision: null }));
  return {
    ...whichOf(group.root),
    jump: jumpOf(from.version, to.version),
    outcome: why.length === 0 ? 'clean' : 'waits',
    why,
    ...toldOf(group, done, options),
    planDigest: sealPlan(presentTogether(rises.map(presentUpgrade)).digest, await presentState(ctx.db)),
  };
}

/** An upgrade that waits for a person: nothing of it is kept. */
class Standstill extends Error {
  readonly why: readonly Reason[];
  constructor(why: readonly Reason[]) {
    super('an upgrade waits for a person');
    this.why = why;
  }
}

/** Upgrades what goes by itself, one transaction for each group of installs that have to move together. */
export async function upgradeWorkspace(ctx: StepCtx, { body }: { body: Body }): Promise<Reply> {
  const { page, next } = await loadBehind(ctx, body.workspaceId, body);
  const [upgraded, waits]: [object[], object[]] = [[], []];
  for (const id of page) {
    const told = await ctx.step((write) => upgradeClean(write, id, optionsOf(body))).catch((fault: unknown) => whyOf(fault));
    if (told !== null && 'why' in told) waits.push({ ...(await seen(ctx, id)), ...told });
    else if (told !== null) upgraded.push(told);
  }
  const { json, rest = [] } = await jsonInTurns({ upgraded, waits, next });
  return { json: [json, ...rest].join('') };
}

/** Null where it has moved along with another one meanwhile, or is gone. */
async function upgradeClean(ctx: WriteCtx, installId: string, options: Options): Promise<object | null> {
  const group = await lockGroup(ctx, installId, options);
  const { install, from, to } = group.root;
  if (install.deleted || from.id === to.id) return null;
  await holdGroup(ctx, group);
  const before = await reasonsBefore(ctx, group);
  if (before.length > 0) throw new Standstill(before);
  const rises = await planGroup(ctx, group, options, () => storing(ctx));
  const conflicts = reasonsIn(rises);
  if (conflicts.length > 0) throw new Standstill(conflicts);
  const done = await applyGroup(ctx, rises);
  return { ...whichOf(group.root), ...toldOf(group, done, options) };
}

/** Null where the install was purged meanwhile. What is wrong with the request or the server is no reason, and goes on. */
function whyOf(fault: unknown): { why: readonly Reason[] } | null {
  if (fault instanceof Standstill) return { why: fault.why };
  if (fault instanceof Problem && fault.code === 'not_found') return null;
  if (fault instanceof Problem && fault.status < 500 && fault.status !== 403 && fault.status !== 429)
    return { why: [reasonOf(fault, null)] };
  throw fault;
}

async function seen(ctx: ReadCtx, installId: string): Promise<object> {
  const group = await groupOf(ctx, installId, { with: 'dependencies' });
  return { ...whichOf(group.root), along: group.ascents.filter((each) => each !== group.root).map(whichOf) };
}
