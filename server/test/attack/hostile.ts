/** Values that programs stumble over, and the one place of a document where they go. */
import fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { rawToken } from './tokens.ts';

const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff x',
  '\u202egnp.exe',
  '\u200b\u200d\ufeff',
  '\u0007\u001b[31m',
  'x'.repeat(10_000),
  '💥'.repeat(2_000),
  '__proto__',
  'constructor',
  "'; drop table integrations; --",
  '%00%0a',
  '../../etc/passwd',
  '{{variables.a}}',
  '2030-01-01T00:00:00Z',
  '-infinity',
  '10000-01-01T00:00:00Z',
  '1.2.3-rc.1+build',
  'X\r\nEvil: 1',
  'https://user:pw@127.0.0.1/',
] as const;

const NUMBERS = [
  '0',
  '-0',
  '-1',
  '0.1',
  '2147483647',
  '2147483648',
  '-2147483649',
  '9007199254740991',
  '9007199254740993',
  '9223372036854775808',
  '1e21',
  '1e400',
  '-1e400',
  '1e-400',
] as const;

export const hostileTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TEXTS) },
  fc.string({ unit: 'binary' }),
);
export const hostileNumbers: fc.Arbitrary<string> = fc.constantFrom(...NUMBERS);

const nested = (depth: number): Json => (depth === 0 ? 0 : [nested(depth - 1)]);

/** Any JSON that nobody asked for. */
export const hostileValues: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: hostileTexts },
  { weight: 2, arbitrary: hostileNumbers.map(rawToken) },
  fc.constantFrom<Json[]>(null, true, [], {}, [null], { a: {} }, nested(70), new Array(1_000).fill('x')),
);

const NAMES = ['__proto__', 'constructor', 'toString', '', 'a\u0000', 'nope', 'id', 'workspaceId'] as const;

/** The document with one thing wrong somewhere: a value replaced, a field taken away, or one added. */
export const spoilt = (document: Json): fc.Arbitrary<Json> =>
  fc
    .tuple(fc.array(fc.nat(7), { minLength: 6, maxLength: 6 }), hostileValues, fc.constantFrom(...NAMES), fc.nat(9))
    .map(([steps, value, name, how]) =>
      spoil(document, steps, how < 6 ? () => value : how < 8 ? without : (at) => withField(at, name, value)),
    );

type Spoil = (at: Json) => Json | undefined;

/** Walks down by the steps until a step is spent or there is nothing below. Undefined: the place goes. */
function spoil(at: Json, steps: readonly number[], change: Spoil): Json {
  return spoilAt(at, steps, change) ?? null;
}

function spoilAt(at: Json, [step = 0, ...steps]: readonly number[], change: Spoil): Json | undefined {
  const entries: readonly [string, Json][] = at === null || typeof at !== 'object' ? [] : Object.entries(at);
  const chosen = entries[step % Math.max(1, entries.length)];
  if (chosen === undefined || step === 7 || steps.length === 0) return change(at);
  const [key, below] = chosen;
  const made = spoilAt(below, steps, change);
  const rest = entries.flatMap(([each, value]): [string, Json][] => {
    if (each !== key) return [[each, value]];
    return made === undefined ? [] : [[each, made]];
  });
  return Array.isArray(at) ? rest.map(([, value]) => value) : Object.fromEntries(rest);
}

const without: Spoil = () => undefined;

function withField(at: Json, name: string, value: Json): Json {
  if (Array.isArray(at)) return [...at, value];
  return isObject(at) ? Object.fromEntries<Json>([...Object.entries<Json>(at as JsonObject), [name, value]]) : value;
}
