import type { WriteCtx } from '../../context.ts';
import { type Fault, Problem } from '../../lib/errors.ts';
import { validate } from '../../lib/json-schema/validate.ts';
import { must } from '../../lib/must.ts';
import { Turns } from '../../lib/turns.ts';
import { type Definition, definitionFrom, storeDefinitions } from '../entity/definitions.ts';
import { memberPointer } from './content-faults.ts';
import type { BundleMember } from './schema.ts';
import { withIds } from './stand-ins.ts';

/** Characters of definitions that go to the database at once. */
const BATCH = 1024 * 1024;

/** Stores the members' definitions with the entities' own ids in them, batch by batch; their digests in the members' order. */
export async function storeMembers(
  ctx: WriteCtx,
  members: readonly BundleMember[],
  ids: ReadonlyMap<string, string>,
): Promise<readonly Buffer[]> {
  const digests: Buffer[] = [];
  const batch = new Map<string, Definition>();
  const turns = new Turns();
  let length = 0;
  for (const [place, member] of members.entries()) {
    const definition = await definitionOf(ctx, member, place, ids);
    await turns.pass();
    digests.push(definition.digest);
    batch.set(definition.digest.toString('hex'), definition);
    length += definition.body.length;
    if (length < BATCH) continue;
    await storeDefinitions(ctx.db, [...batch.values()]);
    batch.clear();
    length = 0;
  }
  await storeDefinitions(ctx.db, [...batch.values()]);
  return digests;
}

function definitionOf(ctx: WriteCtx, member: BundleMember, place: number, ids: ReadonlyMap<string, string>): Promise<Definition> {
  const value = withIds(member.definition.unpack(), ids);
  const pointer = memberPointer(place, 'definition');
  const { name, schema } = must(ctx.kinds.named(member.kind), 'unknown kinds were refused');
  const faults: readonly Fault[] = schema === null ? [] : validate(schema, value, pointer);
  if (faults.length > 0)
    throw new Problem('invalid_body', `The definition of ${member.slug} breaks the schema of the kind ${name}.`, { faults });
  return definitionFrom(value, pointer);
}
