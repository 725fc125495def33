import sql, { raw, type Sql } from 'sql-template-tag';
import { isSuspended, visibleTo } from '../../access/takeable.ts';
import type { ReadCtx } from '../../context.ts';
import type { Fault } from '../../lib/errors.ts';
import { isObject } from '../../lib/json.ts';
import { withDefaults } from '../../lib/json-schema/defaults.ts';
import { validate } from '../../lib/json-schema/validate.ts';
import { Turns } from '../../lib/turns.ts';
import { loadDefinition } from '../entity/definitions.ts';
import { placesIn } from '../entity/references.ts';
import { type Draft, loadDraft, membersOf } from './draft-members.ts';
import type { IntegrationRow } from './lock.ts';
import { formFaults, type Manifest, StoredAuthConfig } from './manifest.ts';
import { type DefinitionFault, definitionFaults, manifestFaults } from './publish-faults.ts';
import type { SnapshotMember } from './snapshot.ts';

/** A draft with what a publish of it would pin, and everything that stands in the way. */
export interface Examined {
  readonly draft: Draft;
  readonly members: readonly SnapshotMember[];
  readonly faults: readonly Fault[];
}

/** Checks every rule of publishing against the draft as it stands. Writes nothing. */
export async function examine(ctx: ReadCtx, integration: IntegrationRow): Promise<Examined> {
  const turns = new Turns();
  const draft = await loadDraft(ctx, integration);
  await turns.pass();
  const members = membersOf(draft);
  await turns.pass();
  const around = {
    kinds: ctx.kinds,
    visible: await visibleDependencies(ctx, integration),
    self: `${integration.publisher}/${integration.slug}`,
  };
  const form = formFaults(integration, StoredAuthConfig);
  await turns.pass();
  const manifest = await turns.run(manifestFaults(draft, around));
  await turns.pass();
  const definitions = await placed(ctx, draft, definitionFaults(members, draft, ctx.kinds));
  await turns.pass();
  return { draft, members, faults: [...form, ...manifest, ...definitions, ...defaultsFaults(integration)] };
}

/**
 * Which of the names lead to something that the workspace could install by that name: its own, what it was granted, and what is listed.
 * What is unlisted, or public with nothing in it yet, is not told from what is not there.
 */
async function visibleDependencies(ctx: ReadCtx, integration: IntegrationRow): Promise<ReadonlySet<string>> {
  const names = ((integration.manifest as Manifest).dependencies ?? []).map((dependency) => dependency.integration);
  if (names.length === 0) return new Set();
  const rows = await ctx.db.many<{ name: string }>(sql`
    select t.publisher || '/' || t.slug as name from integrations t
    where t.publisher || '/' || t.slug = any(${names}::text[]) and t.deleted_at is null and ${nameable(integration.workspaceId)}`);
  return new Set(rows.map((row) => row.name));
}

const nameable = (workspaceId: string): Sql => sql`(t.workspace_id = ${workspaceId}
  or (${visibleTo(raw('t'), { way: 'name', workspaceId })} and not ${isSuspended(raw('t'))}))`;

/** As many definitions are looked into for the places of their faults, and as many places are told of each fault. */
const LOOKED_INTO = 100;
const PLACES = 10;

/** Faults inside definitions, with the member and the places in it where they stand. */
async function placed(ctx: ReadCtx, draft: Draft, found: readonly DefinitionFault[]): Promise<Fault[]> {
  const indexes = new Map(draft.declared.map(({ entityId }, index) => [entityId, index]));
  const faults: Fault[] = [];
  for (const [member, own] of Map.groupBy(found, (each) => each.member)) {
    const places = faults.length < LOOKED_INTO ? placesIn(await loadDefinition(ctx.db, member.digest)) : null;
    const index = indexes.get(member.entityId);
    const pointer = index === undefined ? '/manifest/members' : `/manifest/members/${index}`;
    for (const { rule, subject } of own)
      faults.push({ pointer, code: rule, message: sentence(rule, member, subject, tell(places?.get(subject) ?? [])) });
  }
  return faults;
}

const tell = (places: readonly string[]): string =>
  places.length === 0
    ? ''
    : ` at ${places.slice(0, PLACES).join(', ')}${places.length > PLACES ? ` and ${places.length - PLACES} more places` : ''}`;

function sentence(rule: DefinitionFault['rule'], member: SnapshotMember, subject: string, places: string): string {
  const who =
    member.origin === 'declared' ? `${member.slug} (${member.entityId})` : `the closure schema ${member.slug} (${member.entityId})`;
  return rule === 'unresolved_reference'
    ? `${who} refers to ${subject}${places}, which is neither a member nor an active schema of the source workspace`
    : `${who} uses {{ variables.${subject} }}${places}, which variablesSchema does not declare`;
}

/** The manifest's default values must fit the schema, as far as they go. */
function defaultsFaults({ manifest, variablesSchema }: IntegrationRow): Fault[] {
  const given = (manifest as Manifest).defaults?.variables;
  if (!isObject(given) || Object.keys(variablesSchema).length === 0) return [];
  const { required: _required, ...optional } = variablesSchema;
  const faults = validate(optional, withDefaults(optional, given), '/manifest/defaults/variables');
  return faults.map((fault) => ({ ...fault, code: 'invalid_default' }));
}
