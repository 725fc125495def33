import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FaultLog } from '../lib/fault-log.ts';
import type { Position } from '../query/keyset.ts';
import { parseOrder } from '../query/order.ts';
import { boatResource } from '../query/sample-fleet.ts';
import { cursorKeyOf, decodeCursor, encodeCursor, fingerprint } from './cursor.ts';

const KEY = cursorKeyOf(Buffer.alloc(32, 1));
const ORDER = fingerprint('Boat', []);
const position: fc.Arbitrary<Position> = fc.array(fc.option(fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 6 });
const made = (at: Position): string => encodeCursor(KEY, ORDER, at);
const read = (text: string, size: number, key = KEY, order = ORDER) => decodeCursor(key, order, size, text);

test('a cursor gives its position back, nulls, quotes and every script included, and fits into a URL', () => {
  fc.assert(
    fc.property(position, (at) => {
      expect(made(at)).toMatch(/^[\w-]+$/);
      expect(read(made(at), at.length)).toEqual(at);
    }),
  );
});

test('FLT-05 cut off, lengthened, flipped in any character or made by another key, it is none', () => {
  fc.assert(
    fc.property(position, fc.nat(), fc.constantFrom(...'AB9_-. =\n'), (at, place, letter) => {
      const cursor = made(at);
      const index = place % cursor.length;
      const flipped = cursor.slice(0, index) + letter + cursor.slice(index + 1);
      if (flipped !== cursor) expect(read(flipped, at.length)).toBeNull();
      expect(read(cursor.slice(0, index), at.length)).toBeNull();
      expect(read(cursor + letter, at.length)).toBeNull();
      expect(read(cursor, at.length, cursorKeyOf(Buffer.alloc(32, 2)))).toBeNull();
      expect(read(cursor, at.length + 1)).toBeNull();
    }),
  );
});

test('FLT-05 no other text is one, however long', () => {
  for (const text of ['', 'x', '-', 'null', 'AAAA', 'A'.repeat(1_000_000), '日本', '%00', Buffer.alloc(64).toString('base64url')])
    expect(read(text, 1)).toBeNull();
});

test('a position with the longest text there is comes back', () => {
  const at = ['\u{10ffff}'.repeat(65_536), 'boat_1'];
  expect(read(made(at), 2)).toEqual(at);
});

test('every other order, and every other resource, has another fingerprint', () => {
  const orders = [[], ['asc'], ['desc'], ['asc_nulls_first'], ['desc_nulls_last']].map((directions) =>
    parseOrder(
      boatResource,
      directions.map((direction) => ({ rank: direction })),
      new FaultLog('body'),
    ),
  );
  const more = [
    [{ weight: 'asc' }],
    [{ rank: 'asc' }, { weight: 'asc' }],
    [{ weight: 'asc' }, { rank: 'asc' }],
    [{ port: 'asc' }],
    [{ port: { name: 'asc' } }],
  ];
  const prints = [...orders, ...more.map((json) => parseOrder(boatResource, json, new FaultLog('body')))].map((keys) =>
    fingerprint('Boat', keys),
  );
  expect(new Set([...prints, fingerprint('Port', [])]).size).toBe(prints.length + 1);
  expect(read(made(['a']), 1, KEY, fingerprint('Port', []))).toBeNull();
});

test('nothing of a position can be read in its cursor, and equal positions have equal cursors', () => {
  const email = 'ada@acme.example';
  const cursor = made([email, 'usr_1']);
  expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/ada|acme|usr/);
  expect(made([email, 'usr_1'])).toBe(cursor);
  fc.assert(
    fc.property(position, (at) => {
      const bytes = Buffer.from(made(at), 'base64url');
      const shown = at.filter((value) => value !== null && Buffer.byteLength(value) > 4 && bytes.includes(value));
      expect(shown).toEqual([]);
    }),
  );
});

test('cursors of two positions have nothing in common but their length', () => {
  const [one, two] = [made(['a', 'usr_1']), made(['b', 'usr_1'])].map((cursor) => Buffer.from(cursor, 'base64url'));
  expect(one?.length).toBe(two?.length);
  expect([...(one ?? [])].filter((byte, place) => byte === two?.[place]).length).toBeLessThan(8);
});
