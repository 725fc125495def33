import sql, { raw } from 'sql-template-tag';
import { integrationSight } from '../../access/scope.ts';
import type { ReadCtx } from '../../context.ts';
import type { Fault } from '../../lib/errors.ts';
import { isObject, type JsonObject } from '../../lib/json.ts';
import { withDefaults } from '../../lib/json-schema/defaults.ts';
import { validate } from '../../lib/json-schema/validate.ts';
import { loadDefinition } from '../entity/definitions.ts';
import { pointersTo, pointersToVariable } from '../entity/references.ts';
import { type Draft, loadDraft, membersOf } from './draft-members.ts';
import type { IntegrationRow } from './lock.ts';
import { formFaults, type Manifest } from './manifest.ts';
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
  const draft = await loadDraft(ctx, integration);
  const members = membersOf(draft);
  const around = {
    kinds: ctx.kinds,
    visible: await visibleDependencies(ctx, integration.manifest),
    self: `${integration.publisher}/${integration.slug}`,
  };
  const faults = [
    ...formFaults(integration),
    ...manifestFaults(draft, around),
    ...(await placed(ctx, draft, definitionFaults(members, draft, ctx.kinds))),
    ...defaultsFaults(integration),
  ];
  return { draft, members, faults };
}

async function visibleDependencies(ctx: ReadCtx, manifest: JsonObject): Promise<ReadonlySet<string>> {
  const names = ((manifest as Manifest).dependencies ?? []).map((dependency) => dependency.integration);
  if (names.length === 0) return new Set();
  const rows = await ctx.db.many<{ name: string }>(sql`
    select t.publisher || '/' || t.slug as name from integrations t
    where t.publisher || '/' || t.slug = any(${names}::text[]) and t.deleted_at is null and ${integrationSight(ctx.actor, raw('t'))}`);
  return new Set(rows.map((row) => row.name));
}

/** A fault inside a definition, with the member and the places in it where it stands. */
async function placed(ctx: ReadCtx, draft: Draft, found: readonly DefinitionFault[]): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const { member, rule, subject } of found) {
    const definition = await loadDefinition(ctx.db, member.digest);
    const places = (rule === 'unresolved_reference' ? pointersTo : pointersToVariable)(definition, subject).join(', ');
    const index = draft.declared.findIndex((decl) => decl.entityId === member.entityId);
    const pointer = index === -1 ? '/manifest/members' : `/manifest/members/${index}`;
    faults.push({ pointer, code: rule, message: sentence(rule, member, subject, places) });
  }
  return faults;
}

function sentence(rule: DefinitionFault['rule'], member: SnapshotMember, subject: string, places: string): string {
  const who =
    member.origin === 'declared' ? `${member.slug} (${member.entityId})` : `the closure schema ${member.slug} (${member.entityId})`;
  return rule === 'unresolved_reference'
    ? `${who} refers to ${subject} at ${places}, which is neither a member nor an active schema of the source workspace`
    : `${who} uses {{ variables.${subject} }} at ${places}, which variablesSchema does not declare`;
}

/** The manifest's default values must fit the schema, as far as they go. */
function defaultsFaults({ manifest, variablesSchema }: IntegrationRow): Fault[] {
  const given = (manifest as Manifest).defaults?.variables;
  if (!isObject(given) || Object.keys(variablesSchema).length === 0) return [];
  const { required: _required, ...optional } = variablesSchema;
  const faults = validate(optional, withDefaults(optional, given), '/manifest/defaults/variables');
  return faults.map((fault) => ({ ...fault, code: 'invalid_default' }));
}
