import type { TSchema } from 'typebox';
import type { TLocalizedValidationError } from 'typebox/error';
import Format from 'typebox/format';
import { Compile } from 'typebox/schema';
import { Settings } from 'typebox/system';
import { type Fault, MAX_FAULTS } from './errors.ts';
import { idFault } from './ids.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { at, pointer } from './json-pointer.ts';
import { plainSchema } from './plain-schema.ts';
import { TEXT_FORMATS, type TextFormat } from './text-formats.ts';

Settings.Set({ maxErrors: MAX_FAULTS });

for (const [format, fault] of Object.entries(TEXT_FORMATS)) Format.Set(format, (text) => fault(text) === null);

/** Everything that is wrong with a value, each with its JSON pointer; empty when nothing is. */
export type Check = (value: Json) => readonly Fault[];

/** Compiles a wire shape once into its check. */
export function checkOf(schema: TSchema): Check {
  const plain = plainSchema(schema);
  const compiled = Compile(plain);
  return (value) => {
    const strange = strangeFields(plain, value);
    if (strange.length === MAX_FAULTS) return strange;
    return compiled.Check(value) ? [] : faultsOf(compiled.Errors(value)[1], plain, value);
  };
}

/** The first unknown fields, as many as one answer names: a hundred thousand of them need no other look at the value. */
function strangeFields({ additionalProperties, properties }: JsonObject, value: Json): Fault[] {
  const faults: Fault[] = [];
  if (additionalProperties !== false || !isObject(properties) || !isObject(value)) return faults;
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(properties, name)) continue;
    faults.push({ pointer: pointer(name), message: 'is not a known field' });
    if (faults.length === MAX_FAULTS) break;
  }
  return faults;
}

function faultsOf(errors: readonly TLocalizedValidationError[], schema: JsonObject, value: Json): Fault[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf').map(({ schemaPath }) => `${schemaPath}/anyOf/`);
  const plainer = new Set(errors.filter(({ keyword }) => keyword !== 'format').map(({ instancePath }) => instancePath));
  return errors
    .filter(({ keyword, instancePath }) => keyword !== 'format' || !plainer.has(instancePath))
    .filter(({ schemaPath }) => !unions.some((union) => schemaPath.startsWith(union)))
    .flatMap((error) => faultOf(error, schema, value))
    .slice(0, MAX_FAULTS);
}

function faultOf(error: TLocalizedValidationError, schema: JsonObject, value: Json): Fault[] {
  const { keyword, instancePath, params } = error;
  if (keyword === 'additionalProperties') return []; // `boolean` names each of them
  if (keyword === 'required')
    return params.requiredProperties.map((name) => ({ pointer: `${instancePath}${pointer(name)}`, message: 'is required' }));
  const rule = at(schema, error.schemaPath.slice('#'.length));
  return [{ pointer: instancePath, message: sentence(error, isObject(rule) ? rule : {}, at(value, instancePath)) }];
}

function sentence(error: TLocalizedValidationError, rule: JsonObject, value: Json | undefined): string {
  switch (error.keyword) {
    case 'boolean':
      return 'is not a known field';
    case 'type':
      return `must be ${[error.params.type].flat().map(typeName).join(' or ')}`;
    case 'enum':
      return `must be one of ${error.params.allowedValues.join(', ')}`;
    case 'pattern':
      return patternSentence(rule, value);
    case 'format':
      return TEXT_FORMATS[error.params.format as TextFormat](String(value)) ?? error.message;
    case 'minLength':
      return error.params.limit === 1 ? 'must not be empty' : `must have at least ${error.params.limit} characters`;
    case 'maxLength':
      return `must have at most ${error.params.limit} characters`;
    case 'minItems':
      return `must have at least ${error.params.limit} items`;
    case 'maxItems':
      return `must have at most ${error.params.limit} items`;
    case 'uniqueItems':
      return 'must not hold the same item twice';
    case 'minimum':
      return `must be at least ${error.params.limit}`;
    case 'maximum':
      return `must be at most ${error.params.limit}`;
    case 'anyOf':
      return 'has none of the allowed forms';
    default:
      return error.message;
  }
}

function patternSentence(rule: JsonObject, value: Json | undefined): string {
  const prefixes = rule['x-id'];
  if (Array.isArray(prefixes)) return idFault(String(value), prefixes.map(String)) ?? 'is not an id';
  const expected = rule['x-expected'];
  return typeof expected === 'string' ? `must be ${expected}` : `must match the pattern ${String(rule.pattern)}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};
const typeName = (type: string): string => TYPE_NAMES[type] ?? type;
