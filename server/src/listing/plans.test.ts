import { createSecretKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { boatResource, type Visitor } from '../query/sample-fleet.ts';
import { listing } from './list.ts';
import { parseListParams } from './params.ts';
import { Plans } from './plans.ts';

const KEY = createSecretKey(Buffer.alloc(32, 1));
const US: Visitor = { owners: ['us'] };

const boatsNamed = (name: string, limit: number) =>
  listing(boatResource, parseListParams(boatResource, { filter: { name: { eq: name } }, limit }, 'body'), US, KEY);

test('a statement that comes often is planned for all values, until it takes long: then for the values of this list, and of no other', () => {
  const plans = new Plans(50);
  const [ours, theirs] = [boatsNamed('ours', 10), boatsNamed('theirs', 10)];
  const choose = (list = ours) => plans.choose(list, list.recount());
  expect([choose(), choose(), choose()].map(({ name }) => typeof name)).toEqual(['undefined', 'undefined', 'string']);
  plans.took(ours, choose(), 50);
  expect(choose().name).toBeDefined();
  plans.took(ours, choose(), 51);
  expect(choose()).toEqual(ours.recount());
  expect(choose(theirs).name).toBeDefined();
  for (let page = 1; page < 1_000; page++) expect(choose().name).toBeUndefined();
  expect(choose().name).toBeDefined();
});
