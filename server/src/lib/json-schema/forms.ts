import { isObject, type Json } from '../json.ts';
import { SCHEMA_CAPS } from './caps.ts';
import { TYPES } from './json-type.ts';
import { BY_NAME, LIST } from './tree.ts';

/** What a keyword's argument must be: a test, and the sentence for when it fails. */
type Form = readonly [holds: (value: Json) => boolean, message: string];

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const isStrings = (value: Json): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') && new Set(value).size === value.length;

const text: Form = [(value) => typeof value === 'string', 'must be a string'];
const flag: Form = [(value) => typeof value === 'boolean', 'must be true or false'];
const number: Form = [(value) => typeof value === 'number', 'must be a number'];
const count: Form = [(value) => Number.isInteger(value) && Number(value) >= 0, 'must be an integer of 0 or more'];
const names: Form = [isStrings, 'must be an array of strings, each once'];
const schemas: Form = [(value) => Array.isArray(value) && value.length > 0, 'must be an array of at least one schema'];
const schemasByName: Form = [isObject, 'must be an object of schemas'];
const namesByName: Form = [
  (value) => isObject(value) && Object.values(value).every(isStrings),
  'must be an object of arrays of strings, each once',
];
const types: Form = [
  (value) => (isStrings(value) ? value.length > 0 && value.every(isType) : isType(value)),
  `must be one of ${TYPES.join(', ')}, or an array of them, each once`,
];
const isType = (value: Json): boolean => (TYPES as readonly Json[]).includes(value);

/** Keywords that would change what the schema says, but are not to be had here: what to write in their place. */
const refused = (instead: string): Form => [() => false, `is not supported; ${instead}`];
const dynamic = refused('use $ref and $anchor');

const FORMS: ReadonlyMap<string, Form> = new Map([
  ['$schema', [(value) => value === DIALECT || value === `${DIALECT}#`, `must be ${DIALECT}`]],
  ['$id', text],
  ['$ref', text],
  [
    '$anchor',
    [
      (value) => typeof value === 'string' && /^[A-Za-z_][\w.-]*$/.test(value),
      'must be letters, digits, `_`, `-`, `.`, not beginning with a digit',
    ],
  ],
  ['$comment', text],
  ['$vocabulary', refused('leave it out')],
  ['$dynamicRef', dynamic],
  ['$dynamicAnchor', dynamic],
  ['$recursiveRef', dynamic],
  ['$recursiveAnchor', dynamic],
  ['dependencies', refused('use dependentRequired or dependentSchemas')],
  ['additionalItems', refused('use prefixItems and items')],
  ['title', text],
  ['description', text],
  ['deprecated', flag],
  ['readOnly', flag],
  ['writeOnly', flag],
  ['examples', [Array.isArray, 'must be an array']],
  ['type', types],
  [
    'enum',
    [
      (value) => Array.isArray(value) && value.length > 0 && value.length <= SCHEMA_CAPS.enumValues,
      `must be an array of 1 to ${SCHEMA_CAPS.enumValues} values`,
    ],
  ],
  ['minLength', count],
  ['maxLength', count],
  ['pattern', text],
  ['format', text],
  ['minimum', number],
  ['maximum', number],
  ['exclusiveMinimum', number],
  ['exclusiveMaximum', number],
  ['multipleOf', [(value) => typeof value === 'number' && value > 0, 'must be a number greater than 0']],
  ['minItems', count],
  ['maxItems', count],
  ['uniqueItems', flag],
  ['minContains', count],
  ['maxContains', count],
  ['minProperties', count],
  ['maxProperties', count],
  ['required', names],
  ['dependentRequired', namesByName],
  ...[...LIST].map((keyword): [string, Form] => [keyword, schemas]),
  ...[...BY_NAME].map((keyword): [string, Form] => [keyword, schemasByName]),
]);

/** What is wrong with the form of a keyword's argument, or null. Keywords that the standard does not know are free; where a schema belongs, the schema itself is looked at. */
export function formFault(keyword: string, argument: Json): string | null {
  const form = FORMS.get(keyword);
  return form === undefined || form[0](argument) ? null : form[1];
}
