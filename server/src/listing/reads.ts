/** What a list looks at: its own table, and tables behind it that its filter and the scopes read. Derived from the descriptions alone. */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { must } from '../lib/must.ts';
import type { Filter } from '../query/filter.ts';
import type { OrderKey } from '../query/order.ts';
import type { Relation, Resource } from '../query/resource.ts';

/** From a row of the list to a row of the table that is read, step by step. */
type Chain<A> = readonly Relation<A>[];

export interface Reads<A> {
  readonly resource: Resource<A>;
  readonly chains: readonly Chain<A>[];
}

/** What decides which rows the list has. Null when they come and go with time alone, without any change. */
export function readsOf<A>(resource: Resource<A>, filter: Filter<A>, isNamed = false): Reads<A> | null {
  const scope = isNamed ? reachedChains(resource) : scopeChains(resource);
  return isTimed(filter) ? null : { resource, chains: [...scope, ...filterChains(resource, filter)] };
}

/** What decides how a page of it looks: its order, and what its rows show. Null when that changes with time alone. */
export function pageReadsOf<A>(reads: Reads<A>, order: readonly OrderKey<A>[]): Reads<A> | null {
  const { resource } = reads;
  const fields = [...Object.values(resource.fields), ...order.map(({ field }) => field)];
  if (fields.some(({ changesWithTime }) => changesWithTime)) return null;
  const shown = chainsOf(resource, resource.jsonReads);
  return { ...reads, chains: [...reads.chains, ...shown, ...order.flatMap((key) => orderChains(resource, key))] };
}

function isTimed<A>(filter: Filter<A>): boolean {
  if (filter.is === 'compare') return filter.field.changesWithTime === true;
  return [filter.of].flat().some(isTimed);
}

const scopeChains = <A>(resource: Resource<A>): Chain<A>[] => chainsOf(resource, resource.scopeReads);

/** Also those of rows that only who names them sees, or comes by a relation. */
const reachedChains = <A>(resource: Resource<A>): Chain<A>[] => [...scopeChains(resource), ...chainsOf(resource, resource.named?.reads)];

const chainsOf = <A>(resource: Resource<A>, paths: readonly string[] = []): Chain<A>[] =>
  paths.map((path) => chainOf(resource, path.split('.')));

function chainOf<A>(resource: Resource<A>, [name = '', ...rest]: readonly string[]): Chain<A> {
  const relation = must(resource.relations[name], `${resource.name} has the relation ${name} by which it reads`);
  return rest.length === 0 ? [relation] : [relation, ...chainOf(relation.to(), rest)];
}

function orderChains<A>(resource: Resource<A>, { field, through }: OrderKey<A>): Chain<A>[] {
  if (through === null) return chainsOf(resource, field.reads);
  return [...reachChains(through), ...behind(through, chainsOf(through.to(), field.reads))];
}

function filterChains<A>(resource: Resource<A>, filter: Filter<A>): Chain<A>[] {
  if (filter.is === 'compare') return chainsOf(resource, filter.field.reads);
  if (filter.is !== 'related') return [filter.of].flat().flatMap((each) => filterChains(resource, each));
  const { relation, of } = filter;
  return [...reachChains(relation), ...behind(relation, filterChains(relation.to(), of))];
}

const behind = <A>(relation: Relation<A>, chains: readonly Chain<A>[]): Chain<A>[] => chains.map((chain) => [relation, ...chain]);

/** To the relation's target, and to what its scope reads. */
const reachChains = <A>(relation: Relation<A>): Chain<A>[] => [[relation], ...behind(relation, reachedChains(relation.to()))];

const lastOf = <A>(chain: Chain<A>): Resource<A> => must(chain.at(-1), 'a chain has a step').to();

export const tablesOf = <A>({ resource, chains }: Reads<A>): string[] =>
  [...new Set([resource, ...chains.map(lastOf)].flatMap(tablesFor))].sort();

/** Where its rows stand: all that have one id are of one row. */
const tablesFor = <A>({ table, faces = [] }: Resource<A>): readonly string[] => [table, ...faces];

/** The ids of the list's rows that a change of these rows may concern, at most `most` of them. Table → ids of changed rows. */
export function concerned<A>({ resource, chains }: Reads<A>, changed: ReadonlyMap<string, readonly string[]>, most: number): Sql {
  const changedOf = (target: Resource<A>) => tablesFor(target).flatMap((table) => changed.get(table) ?? []);
  const own = changedOf(resource);
  const others = chains.flatMap((chain) => {
    const ids = changedOf(lastOf(chain));
    return ids.length === 0 ? [] : [rootsOf(resource, chain, ids)];
  });
  return sql`select id from (${join([sql`select unnest(${own}::text[]) as id`, ...others], ' union ')}) c limit ${most}::int`;
}

/** `select t.id` for each row of the list that the chain leads from to one of the rows with these ids. */
function rootsOf<A>(resource: Resource<A>, chain: Chain<A>, ids: readonly string[]): Sql {
  const alias = (step: number): Sql => (step === -1 ? raw('t') : raw(`c${step}`));
  const tables = join(
    [resource.table, ...chain.map((each) => each.to().table)].map((table, index) => sql`${raw(table)} ${alias(index - 1)}`),
  );
  const joins = join(
    chain.map((relation, step) => relation.join(alias(step - 1), alias(step))),
    ' and ',
  );
  return sql`select t.id from ${tables} where ${joins} and ${alias(chain.length - 1)}.id = any(${ids}::text[])`;
}
