import { expect, test } from 'vitest';
import { Recent } from './recent.ts';

test('the least recently used goes first', () => {
  const recent = new Recent<number>(2);
  recent.set('a', 1);
  recent.set('b', 2);
  expect(recent.get('a')).toBe(1);
  recent.set('c', 3);
  expect([recent.get('a'), recent.get('b'), recent.get('c')]).toEqual([1, undefined, 3]);
  recent.set('a', 4);
  recent.set('d', 5);
  expect([recent.get('a'), recent.get('c'), recent.get('d')]).toEqual([4, undefined, 5]);
});

test('what is remembered is made once, until it goes', () => {
  const recent = new Recent<string>(1);
  const made: string[] = [];
  const remember = (key: string) =>
    recent.remember(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  expect([remember('a'), remember('a'), remember('b'), remember('a')]).toEqual(['A', 'A', 'B', 'A']);
  expect(made).toEqual(['a', 'b', 'a']);
});
