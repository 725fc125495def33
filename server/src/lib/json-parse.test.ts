import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from './json.ts';
import { Packed } from './json-packed.ts';
import { JSON_LIMITS, JsonFault, parseJson } from './json-parse.ts';

function faultOf(input: Buffer | string): { pointer: string; message: string } {
  try {
    parseJson(input);
  } catch (error) {
    if (error instanceof JsonFault) return { pointer: error.pointer, message: error.message };
    throw error;
  }
  throw new Error(`${input.toString().slice(0, 50)} was taken`);
}

const milliseconds = (work: () => unknown): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

describe('what JSON.stringify writes is read back', () => {
  /** As text, since -0 is written as 0. What cannot be stored is left to the tests below. */
  const texts = (indent?: number) =>
    fc
      .jsonValue({ stringUnit: 'grapheme', maxDepth: 10 })
      .map((value) => JSON.stringify(value, null, indent))
      .filter((text) => !/\\u(0000|d[89a-f])/i.test(text));

  it('for every value', () => {
    fc.assert(fc.property(texts(), (text) => void expect(parseJson(text)).toEqual(JSON.parse(text))));
  });

  it('pretty-printed, and from bytes', () => {
    fc.assert(fc.property(texts(2), (text) => void expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text))));
  });

  it('for every double', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (x) => void expect(parseJson(JSON.stringify(x))).toBe(x === 0 ? 0 : x),
      ),
    );
  });
});

it('a text that JSON.parse refuses is refused, however it is broken', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '\\',
    '1',
    '-',
    '.',
    'e5',
    '0',
    'true',
    'nul',
    'null',
    ' ',
    '\n',
    '\t',
    '\v',
    '\ufeff',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const text = parts.join('');
      const platform = attempt(() => JSON.parse(text) as Json);
      const ours = attempt(() => parseJson(text));
      if (platform === undefined) expect(ours).toBeUndefined();
    }),
    { numRuns: 5000 },
  );
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

describe('malformed JSON is refused with line, column and what was expected', () => {
  it.each([
    ['', '', 'is empty; a JSON value is expected'],
    [' \n', '', 'is empty; a JSON value is expected'],
    ['\ufeff{}', '', 'starts with a byte order mark; send plain UTF-8'],
    ['{\n  "a": }', '/a', 'is malformed at line 2, column 8: expected a JSON value, found `}`'],
    ['{"a":[1,2', '/a', 'is malformed at line 1, column 10: expected `,` or `]`, found the end of the text'],
    ['{"a":1,}', '', 'is malformed at line 1, column 8: expected a key in double quotes, found `}`'],
    ['{"a" 1}', '/a', 'is malformed at line 1, column 6: expected `:`, found `1}`'],
    ['[1] 2', '', 'is malformed at line 1, column 5: expected the end of the text, found `2`'],
    ['[01]', '/0', 'is malformed at line 1, column 2: expected a JSON value, found `01]`'],
    ['[1.]', '/0', 'is malformed at line 1, column 2: expected a JSON value, found `1.]`'],
    ['[NaN]', '/0', 'is malformed at line 1, column 2: expected a JSON value, found `NaN]`'],
    ['["\\x"]', '/0', 'is malformed at line 1, column 3: expected a string whose escapes are those of JSON, found `\\x"]`'],
    ['["a', '/0', 'is malformed at line 1, column 4: expected `"`, found the end of the text'],
  ])('%j', (text, pointer, message) => expect(faultOf(text)).toEqual({ pointer, message }));

  it('bare control characters', () => {
    for (let code = 0; code < 0x20; code++) expect(faultOf(`["${String.fromCharCode(code)}"]`).message).toContain('control character');
  });
});

describe('INP-03: what would be stored altered is refused with its pointer', () => {
  it('invalid UTF-8', () => {
    for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]])
      expect(faultOf(Buffer.from([0x22, ...bytes, 0x22]))).toEqual({ pointer: '', message: 'is not UTF-8' });
  });

  it.each([
    '9007199254740993',
    '-9007199254740993',
    '123456789012345678901234567890',
    '36028797018963969',
    '1e400',
    '-1e400',
    '1e100000',
    '1e-400',
    '5e-325',
    '0.1000000000000000055511151231257827',
    '3.14159265358979323846',
    '9007199254740993.0',
  ])('the number %s', (literal) => {
    const { pointer, message } = faultOf(`{"a/b":[0,${literal}]}`);
    expect(pointer).toBe('/a~1b/1');
    expect(message).toMatch(/^is the number .*send it as a string$/);
  });

  it.each([
    ['1.0', 1],
    ['4.50', 4.5],
    ['1e2', 100],
    ['1E+2', 100],
    ['0.1', 0.1],
    ['-0', 0],
    ['-0.0e5', 0],
    ['0e99999', 0],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['10000000000000000000000', 1e22],
    ['1e22', 1e22],
    ['5e-324', 5e-324],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['0.30000000000000004', 0.30000000000000004],
    ['100000000000000000000.000', 1e20],
    ['0.000000000000000000001', 1e-21],
  ])('but not %s', (literal, value) => expect(parseJson(literal)).toBe(value));

  it('every integer past 2^53 that a double has not', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }), (n) => {
        if (String(BigInt(Number(n))) !== String(n)) expect(faultOf(String(n)).pointer).toBe('');
      }),
    );
  });

  it.each([['{"a":1,"a":2}'], ['{"a":1,"\\u0061":2}'], ['{"\\u0061":1,"a":2}'], ['{"a":1,"b":{},"a":2}']])(
    'the duplicate key in %s',
    (text) => expect(faultOf(text)).toEqual({ pointer: '/a', message: 'is a duplicate key' }),
  );

  it.each(['__proto__', 'constructor', 'hasOwnProperty', '', '0'])('the duplicate key %j', (key) =>
    expect(faultOf(`{${JSON.stringify(key)}:1,${JSON.stringify(key)}:1}`).message).toBe('is a duplicate key'),
  );

  it('NUL and lone surrogates in strings and keys, escaped or not', () => {
    expect(faultOf('["\\u0000"]')).toEqual({ pointer: '/0', message: 'is a string with a NUL character, which cannot be stored' });
    expect(faultOf('{"x":{"a\\u0000":1}}')).toEqual({ pointer: '/x', message: 'has a key with a NUL character, which cannot be stored' });
    for (const half of ['\\ud800', '\\udc00', '\\ud800\\ud800', 'a\\uDBFFb'])
      expect(faultOf(`["${half}"]`)).toEqual({
        pointer: '/0',
        message: 'is a string with half a surrogate pair, which is no Unicode text',
      });
    for (const half of ['\ud800', 'x\udc00']) expect(faultOf(`["${half}"]`)).toEqual({ pointer: '', message: 'is not UTF-8' });
    expect(faultOf('{"\\ud83d":1}').message).toContain('has a key with half a surrogate pair');
    expect(parseJson('["\\ud83d\\ude00", "😀"]')).toEqual(['😀', '😀']);
  });
});

describe('INP-02: caps', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

  it('64 levels are read, 65 are not', () => {
    expect(parseJson(nested(64))).toBeInstanceOf(Array);
    expect(faultOf(nested(65))).toEqual({ pointer: '/0'.repeat(64), message: 'is nested deeper than 64 levels' });
    expect(parseJson(`${'{"a":'.repeat(64)}1${'}'.repeat(64)}`)).toBeInstanceOf(Object);
    expect(faultOf(`{"a":`.repeat(65)).message).toBe('is nested deeper than 64 levels');
  });

  it('200,000 keys and items are read, one more is not', () => {
    expect(parseJson(`[${'0,'.repeat(JSON_LIMITS.items - 1)}0]`)).toHaveLength(JSON_LIMITS.items);
    expect(faultOf(`[${'0,'.repeat(JSON_LIMITS.items)}0]`)).toEqual({ pointer: '', message: 'has more than 200000 keys and items' });
  });

  it('other limits can be set', () => {
    expect(() => parseJson('[[1]]', { depth: 1, items: 10 })).toThrow('deeper than 1 levels');
    expect(() => parseJson('[1,2]', { depth: 1, items: 1 })).toThrow('more than 1 keys');
  });
});

it('INP-04: __proto__ and its like are ordinary keys, and pollute nothing', () => {
  const text = '{"__proto__":{"polluted":1},"constructor":2,"toJSON":3,"then":4,"$ref":"#","hasOwnProperty":5}';
  const value = parseJson(text) as Record<string, unknown>;
  expect(JSON.stringify(value)).toBe(text);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(value.polluted).toBeUndefined();
});

describe('hostile megabytes take linear time', () => {
  const distinct = Array.from({ length: 100_000 }, (_, i) => `"\\u0061${i}":1`).join(',');
  it.each([
    ['brackets', '['.repeat(1e6)],
    ['NULs', `"${'\\u0000'.repeat(160_000)}"`],
    ['a long integer', '1'.repeat(1e6)],
    ['a long fraction', `0.${'1'.repeat(1e6)}`],
    ['zeros after the point', `1.${'0'.repeat(1e6)}`],
    ['zeros within a number', `1${'0'.repeat(5e5)}.${'0'.repeat(5e5)}1`],
    ['a number that ends wrongly', `${'1'.repeat(1e6)}x`],
    ['keys that look alike', `{${distinct}}`],
    ['backslashes', `"${'\\'.repeat(1e6)}`],
    ['an open string', `"${'a'.repeat(1e6)}`],
    ['spaces', ' '.repeat(1e6)],
  ])('%s', (_name, text) => {
    const bytes = Buffer.from(text);
    expect(milliseconds(() => attempt(() => parseJson(bytes)))).toBeLessThan(1000);
  });
});

describe('packed places', () => {
  const limits = { depth: 64, items: 10, packed: ['list', '*', 'body'] };
  const many = (count: number) => `{${Array.from({ length: count }, (_, n) => `"k${n}":${n}`).join(',')}}`;

  it('hold the canonical bytes of their objects, and of nothing else', () => {
    const text = '{"list":[{"body":{"b":1.0,"a":[{"body":{}}]}},{"body":[2]},{"other":{}}],"body":{}}';
    const parsed = parseJson(text, limits) as unknown as { list: { body: unknown }[] };
    const [first, ...others] = parsed.list;
    const packed = first?.body;
    if (!(packed instanceof Packed)) return expect.unreachable('an object in its place is packed');
    expect(packed.canonical.toString()).toBe('{"a":[{"body":{}}],"b":1}');
    expect(packed.unpack()).toEqual({ b: 1, a: [{ body: {} }] });
    expect({ ...parsed, list: others }).toEqual({ list: [{ body: [2] }, { other: {} }], body: {} });
  });

  it('are told with the place in the whole text when they cannot be read', () => {
    const text = '{"list":[{"body":{}},\n{"body":{"a":[1,{"b":tru}]}}]}';
    expect(() => parseJson(text, limits)).toThrow('malformed at line 2, column 22');
    for (const broken of ['{"list":[{"body":{"a":[}]}}]}', '{"list":[{"body":{"a":"', '{"list":[{"body":{"a":[1]'])
      expect(() => parseJson(broken, limits)).toThrow(JsonFault);
  });

  it('count their items by themselves, under the common limit', () => {
    expect(() => parseJson(`{"list":[{"body":${many(5000)}},{"body":${many(5000)}}]}`, limits)).not.toThrow();
    expect(() => parseJson(`{"list":[{"body":${many(200_001)}}]}`, limits)).toThrow('more than 200000 keys and items');
    expect(() => parseJson(`{"list":[{"body":{}}],"rest":${many(10)}}`, limits)).toThrow('more than 10 keys and items');
  });

  it('are read as strictly as everything else', () => {
    expect(() => parseJson('{"list":[{"body":{"a":1,"a":2}}]}', limits)).toThrow('duplicate key');
    expect(() => parseJson('{"list":[{"body":{"a":1e400}}]}', limits)).toThrow('out of range');
  });
});
