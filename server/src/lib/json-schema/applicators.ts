import type { Json, JsonObject } from '../json.ts';
import { below } from './place.ts';
import type { Schema } from './tree.ts';
import type { Visit } from './visit.ts';
import { counted } from './wording.ts';

/** The keywords that apply further schemas: to the same value, … */
export const ANY_APPLICATORS = {
  $ref(ref: string, visit: Visit): void {
    visit.adopt(visit.try(visit.run.resolve(ref)));
  },
  allOf(schemas: Schema[], visit: Visit): void {
    for (const schema of schemas) visit.adopt(visit.try(schema));
  },
  anyOf(schemas: Schema[], visit: Visit): void {
    const tried = schemas.map((schema) => visit.try(schema));
    const fitting = tried.filter(fits);
    for (const each of fitting) visit.adopt(each);
    if (fitting.length === 0) visit.fail(noneFits(tried));
  },
  oneOf(schemas: Schema[], visit: Visit): void {
    const tried = schemas.map((schema) => visit.try(schema));
    const [first, ...more] = tried.filter(fits);
    if (first === undefined) visit.fail(noneFits(tried));
    else if (more.length > 0) visit.fail(`must fit exactly one of the ${schemas.length} alternatives, but fits ${more.length + 1}`);
    else visit.adopt(first);
  },
  not(schema: Schema, visit: Visit): void {
    if (fits(visit.try(schema))) visit.fail('must not fit the schema under `not`');
  },
  if(condition: Schema, visit: Visit): void {
    const tried = visit.try(condition);
    if (fits(tried)) visit.adopt(tried);
    const branch = fits(tried) ? 'then' : 'else';
    if (Object.hasOwn(visit.schema, branch)) visit.adopt(visit.try(visit.schema[branch] as Schema));
  },
};

/** … to items, … */
export const ARRAY_APPLICATORS = {
  prefixItems(schemas: Schema[], visit: Visit<Json[]>): void {
    for (const [i, schema] of schemas.entries()) {
      const item = visit.value[i];
      if (item !== undefined) visit.within(schema, i, item);
    }
  },
  items(schema: Schema, visit: Visit<Json[]>): void {
    const prefix = Object.hasOwn(visit.schema, 'prefixItems') ? (visit.schema.prefixItems as Schema[]).length : 0;
    for (const [i, item] of visit.value.entries()) if (i >= prefix) visit.within(schema, i, item);
  },
  contains(schema: Schema, visit: Visit<Json[]>): void {
    const { minContains = 1, maxContains = Number.POSITIVE_INFINITY } = visit.schema as Record<string, number>;
    const fitting = [...visit.value.keys()].filter((i) => fits(visit.run.apply(schema, visit.value[i] as Json, below(visit.place, i))));
    for (const i of fitting) visit.seen?.add(i);
    if (fitting.length < minContains)
      visit.fail(`must contain at least ${counted(minContains, 'item')} that fit the schema under \`contains\``);
    if (fitting.length > maxContains)
      visit.fail(`must contain at most ${counted(maxContains, 'item')} that fit the schema under \`contains\``);
  },
  unevaluatedItems(schema: Schema, visit: Visit<Json[]>): void {
    for (const [i, item] of visit.value.entries()) if (!visit.seen?.has(i)) visit.within(schema, i, item);
  },
};

/** … to properties. */
export const OBJECT_APPLICATORS = {
  properties(schemas: Record<string, Schema>, visit: Visit<JsonObject>): void {
    for (const [name, value] of entriesOf(visit)) if (Object.hasOwn(schemas, name)) visit.within(schemas[name] as Schema, name, value);
  },
  patternProperties(schemas: Record<string, Schema>, visit: Visit<JsonObject>): void {
    for (const [pattern, schema] of Object.entries(schemas))
      for (const [name, value] of entriesOf(visit)) if (visit.run.matches(pattern, name)) visit.within(schema, name, value);
  },
  additionalProperties(schema: Schema, visit: Visit<JsonObject>): void {
    for (const [name, value] of entriesOf(visit)) if (!isDeclared(name, visit)) additional(schema, name, value, visit);
  },
  unevaluatedProperties(schema: Schema, visit: Visit<JsonObject>): void {
    for (const [name, value] of entriesOf(visit)) if (!visit.seen?.has(name)) additional(schema, name, value, visit);
  },
  propertyNames(schema: Schema, visit: Visit<JsonObject>): void {
    for (const [name] of entriesOf(visit))
      for (const { message } of visit.run.apply(schema, name, below(visit.place, name)).findings)
        visit.fail(`has a name that is not allowed: it ${message}`, below(visit.place, name));
  },
  dependentSchemas(schemas: Record<string, Schema>, visit: Visit<JsonObject>): void {
    for (const [name, schema] of Object.entries(schemas)) {
      visit.run.spend(1);
      if (Object.hasOwn(visit.value, name)) visit.adopt(visit.try(schema));
    }
  },
};

/** These look at what the other keywords have left over, and come last. */
export const LATE: ReadonlySet<string> = new Set(['unevaluatedItems', 'unevaluatedProperties']);

const fits = (visit: Visit): boolean => visit.findings.length === 0;

/** Each looked-at property costs a step, also where no schema is applied to it. */
function entriesOf(visit: Visit<JsonObject>): [string, Json][] {
  const entries = Object.entries(visit.value);
  visit.run.spend(entries.length);
  return entries;
}

function isDeclared(name: string, { schema, run }: Visit<JsonObject>): boolean {
  const { properties = {}, patternProperties = {} } = schema as Record<string, JsonObject>;
  return Object.hasOwn(properties, name) || Object.keys(patternProperties).some((pattern) => run.matches(pattern, name));
}

/** `false` is how a schema forbids unknown properties, which wants a plainer sentence than "is not allowed". */
function additional(schema: Schema, name: string, value: Json, visit: Visit<JsonObject>): void {
  if (schema === false) visit.fail('is not a known property', below(visit.place, name));
  else visit.within(schema, name, value);
}

const REASONS = 3;
const MESSAGE_STEPS = 20;
const REASONS_LENGTH = 300;

/** Why no alternative fits, by the first fault of each. */
function noneFits(tried: readonly Visit[]): string {
  tried[0]?.run.spend(MESSAGE_STEPS);
  const reasons = tried.slice(0, REASONS).map((visit) => visit.findings[0]?.message ?? '');
  return `fits none of the ${tried.length} alternatives: ${[...new Set(reasons)].join('; ').slice(0, REASONS_LENGTH).toWellFormed()}`;
}
