/** The recurring pieces of wire shapes. TypeBox schemas are validation, types and OpenAPI at once. */
import Type, { type TProperties, type TSchema, type TSchemaOptions, type TUnsafe } from 'typebox';
import type { JsonObject } from './json.ts';
import type { TextFormat } from './text-formats.ts';

/** An object that refuses unknown fields, as everything on the wire does. */
export const shape = <P extends TProperties>(properties: P, options: TSchemaOptions = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

/** An id of one of the given prefixes. `x-id` lets the door name the expected prefix when another one comes. */
export const idOf = (prefixes: string | readonly string[], description: string): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', 'x-id': [prefixes].flat(), description });

/** An entity id: its prefix depends on the kind, and kinds are configured. */
export const entityId = (description: string): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', pattern: '^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$', description });

export const timestamp = (description: string): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', format: 'date-time', description });

export const oneOf = <const V extends readonly string[]>(values: V, description: string): TUnsafe<V[number]> =>
  Type.Unsafe<V[number]>({ type: 'string', enum: values, description });

export const text = (description: string, maxLength: number, minLength = 0): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', minLength, maxLength, description });

/** The largest number that a column of integers holds. */
const INT4_MAX = 2_147_483_647;

/** A whole number that is kept in, or looked for among, the integers of the database: none that it could not hold gets there. */
export const integer = (description: string, minimum = 0, maximum = INT4_MAX) => Type.Integer({ minimum, maximum, description });

const formatted = (format: TextFormat, description: string, maxLength: number, minLength = 0): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', format, minLength, maxLength, description });

/** What something is called by people. */
export const name = (description = 'Name shown to people.'): TUnsafe<string> => formatted('name', description, 200, 1);

/** A text that people write and read: several lines, nothing that a terminal would obey. */
export const prose = (description: string, maxLength: number, minLength = 0): TUnsafe<string> =>
  formatted('prose', description, maxLength, minLength);

/** A URL that is shown to others, or called for them. */
export const httpsUrl = (description: string): TUnsafe<string> => formatted('https-url', description, 2_048);

export const headerName = (description: string): TUnsafe<string> => formatted('header-name', description, 200, 1);
export const headerPrefix = (description: string): TUnsafe<string> => formatted('header-prefix', description, 200);
export const scopeToken = (description: string): TUnsafe<string> => formatted('scope-token', description, 500, 1);
export const mailbox = (description: string): TUnsafe<string> => formatted('mailbox', description, 320, 3);

/** The shape without its formats: for what was written down before there were such rules. */
export const asStored = (schema: TSchema): TSchema =>
  JSON.parse(JSON.stringify(schema, (key, value) => (key === 'format' ? undefined : value)));

export const flag = (description: string) => Type.Boolean({ description });

export const jsonObject = (description: string): TUnsafe<JsonObject> => Type.Unsafe<JsonObject>({ type: 'object', description });

/** The schema, or null. */
export function nullable<T>(schema: TUnsafe<T>): TUnsafe<T | null> {
  const { type, enum: values, ...rest } = schema as unknown as { type: string; enum?: readonly string[] };
  return Type.Unsafe<T | null>({ type: [type, 'null'], ...(values === undefined ? {} : { enum: [...values, null] }), ...rest });
}

export const listOf = <T extends TSchema>(item: T, description: string) => Type.Array(item, { description });

export const SLUG = '^[a-z0-9](-?[a-z0-9])*$';
export const slug = (description: string): TUnsafe<string> =>
  Type.Unsafe<string>({
    type: 'string',
    pattern: SLUG,
    minLength: 1,
    maxLength: 64,
    description,
    'x-expected': 'lower-case letters, digits and single hyphens',
  });

export const RETENTION_TIERS = ['short', 'medium', 'long', 'none'] as const;
export const retentionTier = oneOf(
  RETENTION_TIERS,
  'How long a deleted row is kept: 7, 30 or 90 days, or for ever (`none`). Null while active.',
);

/** The answer of what only succeeds: `{ "success": true }`. */
export const Success = shape({ success: flag('Always true; failures are problems.') }, { $id: 'Success' });
