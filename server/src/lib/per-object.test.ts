import { expect, test } from 'vitest';
import { perObject } from './per-object.ts';

test('what is made of an object is made once for it, and again for another that looks the same', () => {
  const made: object[] = [];
  const labelOf = perObject((boat: { name: string }) => {
    made.push(boat);
    return { label: boat.name };
  });
  const [one, other] = [{ name: 'Ariel' }, { name: 'Ariel' }];
  expect(labelOf(one)).toBe(labelOf(one));
  expect(labelOf(other)).not.toBe(labelOf(one));
  expect(made).toEqual([one, other]);
});
