/** What publish lets through and a publisher may not have meant. */
import sql from 'sql-template-tag';
import type { ReadCtx } from '../../context.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { eachString } from '../../lib/json-walk.ts';
import { Turns } from '../../lib/turns.ts';
import { readBodies } from '../entity/definitions.ts';
import { lookAlikes } from '../entity/references.ts';
import type { Draft } from './draft-members.ts';
import type { Examined } from './examine.ts';
import type { Manifest } from './manifest.ts';
import { clonedSlugs } from './publish-faults.ts';
import type { WARNINGS } from './schema.ts';
import type { Snapshot, SnapshotMember } from './snapshot.ts';

export interface Warning {
  /** Into the integration. */
  readonly pointer: string;
  readonly code: (typeof WARNINGS)[number];
  readonly message: string;
  /** The slug of the member, where it is about one. */
  readonly member: string | null;
  /** Where in the member's definition. */
  readonly place: string | null;
}

/** As many tokens are told, as one answer names faults. */
const MOST = 100;

/** Everything that is worth a look before the draft is published. `current`: the version that installs have by now. */
export async function warningsOf(ctx: ReadCtx, { draft, members }: Examined, current: Snapshot | null): Promise<readonly Warning[]> {
  const at = pointersOf(draft);
  return [
    ...slugWarnings(members, current, at),
    ...(await dependencyWarnings(ctx, draft)),
    ...unfilled(members, at),
    ...(await tokenWarnings(ctx, draft, members, at)),
  ];
}

type PointerOf = (member: SnapshotMember, ...rest: string[]) => string;

function pointersOf({ declared }: Draft): PointerOf {
  const indexes = new Map(declared.map(({ entityId }, index) => [entityId, index]));
  return ({ entityId }, ...rest) => {
    const index = indexes.get(entityId);
    return index === undefined ? '/manifest/members' : pointer('manifest', 'members', index, ...rest);
  };
}

/** An upgrade finds members by their slugs: another entity under one goes into the clones of the first. Pure. */
export function slugWarnings(members: readonly SnapshotMember[], current: Snapshot | null, at: PointerOf): Warning[] {
  const before = new Map(current?.members.map((member) => [member.slug, member]));
  return members.flatMap((member): Warning[] => {
    const was = before.get(member.slug);
    if (was === undefined || was.entityId === member.entityId || member.origin !== 'declared') return [];
    const message = `${member.slug} was ${was.entityId} in ${current?.version} and is ${member.entityId} now, so upgrades put the one into clones of the other; give it a slug of its own where that is not meant`;
    return [{ pointer: at(member, 'slug'), code: 'slug_passes_on', message, member: member.slug, place: null }];
  });
}

/** Dependencies that the publisher sees, and not everybody who may see the integration. */
async function dependencyWarnings(ctx: ReadCtx, { integration }: Draft): Promise<Warning[]> {
  const { dependencies = [] } = integration.manifest as Manifest;
  const names = dependencies.map((dependency) => dependency.integration);
  if (names.length === 0) return [];
  const hidden = await ctx.db.many<{ name: string; visibility: string }>(sql`
    select t.publisher || '/' || t.slug as name, t.visibility from integrations t
    where t.publisher || '/' || t.slug = any(${names}::text[]) and t.deleted_at is null and t.visibility <> 'public'
      and (t.workspace_id = ${integration.workspaceId} or exists (
        select 1 from integration_grants g where g.integration_id = t.id and g.workspace_id = ${integration.workspaceId}))`);
  const visibilities = new Map(hidden.map(({ name, visibility }) => [name, visibility]));
  return dependencies.flatMap(({ integration: name }, index): Warning[] => {
    const visibility = visibilities.get(name);
    if (visibility === undefined) return [];
    const message = `${name} is ${visibility}: who was not granted it cannot install what depends on it; grant it to them, or make it public`;
    return [
      {
        pointer: pointer('manifest', 'dependencies', index, 'integration'),
        code: 'private_dependency',
        message,
        member: null,
        place: null,
      },
    ];
  });
}

/** Tokens in members that installs only refer to: nobody fills them in. Pure. */
export function unfilled(members: readonly SnapshotMember[], at: PointerOf): Warning[] {
  const clones = clonedSlugs(members);
  return members.flatMap((member): Warning[] => {
    const [name] = member.variables;
    if (name === undefined || clones.has(member.slug)) return [];
    const message = `${member.slug} uses {{ variables.${name} }}, but is installed as a reference, in which nothing is filled in; set \`forkOnInstall\``;
    return [{ pointer: at(member), code: 'unfilled_token', message, member: member.slug, place: null }];
  });
}

async function tokenWarnings(ctx: ReadCtx, draft: Draft, members: readonly SnapshotMember[], at: PointerOf): Promise<Warning[]> {
  const clones = clonedSlugs(members);
  const byDigest = Map.groupBy(
    members.filter(({ slug }) => clones.has(slug)),
    ({ digest }) => digest.toString('hex'),
  );
  const variables = propertiesOf(draft.integration.variablesSchema);
  const found: Warning[] = [];
  const turns = new Turns();
  const digests = [...byDigest.keys()].map((hex) => Buffer.from(hex, 'hex'));
  for await (const { hex, text } of readBodies(ctx.db, digests)) {
    await turns.pass();
    if (lookAlikes(text, variables).length === 0) continue;
    const [member] = byDigest.get(hex) ?? [];
    if (member !== undefined) found.push(...tokensIn(JSON.parse(text) as JsonObject, member, variables, at));
    if (found.length >= MOST) break;
  }
  return found.slice(0, MOST);
}

function tokensIn(definition: Json, member: SnapshotMember, variables: ReadonlySet<string>, at: PointerOf): Warning[] {
  const found: Warning[] = [];
  eachString(definition, (text, place) => {
    for (const token of lookAlikes(text, variables)) {
      const message = `${member.slug} has ${token} at ${place}, which stays as it is: only {{ variables.name }} is filled in; correct it where a variable is meant`;
      found.push({ pointer: at(member), code: 'look_alike_token', message, member: member.slug, place });
    }
  });
  return found;
}

const propertiesOf = (schema: JsonObject): ReadonlySet<string> =>
  new Set(isObject(schema.properties) ? Object.keys(schema.properties) : []);
